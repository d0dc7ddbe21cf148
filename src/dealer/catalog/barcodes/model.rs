//! Rows of barcodes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::product_barcodes;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;

/// A barcode as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = product_barcodes, check_for_backend(diesel::pg::Pg))]
pub struct BarcodeRow {
    /// On what.
    pub product_id: ProductId,
    /// On which unit of it.
    pub unit_id: UnitId,
    /// As it is printed.
    pub barcode: String,
    /// What it is found by.
    pub scanned: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}
