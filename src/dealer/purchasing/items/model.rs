//! Rows of what suppliers deliver.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::supplier_items;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A product that a supplier delivers.
    SupplierItemId, "spi"
);

/// What is known of a product as one supplier delivers it, as stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = supplier_items, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct SupplierItemRow {
    /// Its id.
    pub id: SupplierItemId,
    /// Who delivers it.
    pub supplier_id: SupplierId,
    /// What.
    pub product_id: ProductId,
    /// The supplier's own code of it.
    pub sku: Option<String>,
    /// In which it is bought.
    pub unit_id: UnitId,
    /// Days until it comes; none for those of the supplier.
    pub lead_days: Option<i16>,
    /// How many of the unit are ordered at least.
    pub min_quantity: Decimal,
    /// What one of the unit has cost last.
    pub last_cost: Option<Decimal>,
    /// Whether it is bought here if nobody says otherwise.
    pub is_preferred: bool,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The supplier's code in lower case, by which a search finds it.
    pub sku_lowered: Option<String>,
}
