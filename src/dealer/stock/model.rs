//! Rows of stock levels.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use super::warehouses::model::WarehouseId;
use crate::db::tenant_tables::stock_levels;
use crate::dealer::catalog::products::model::ProductId;

/// How much of a product lies in a warehouse, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_levels, check_for_backend(diesel::pg::Pg))]
pub struct StockLevelRow {
    /// Of what.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// In base units.
    pub on_hand: Decimal,
    /// Promised to orders, in base units.
    pub reserved: Decimal,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
