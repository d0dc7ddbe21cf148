//! Rows of stock levels.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use super::ledger::balance::Balance;
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
    /// What is on hand has cost this much.
    pub value: Decimal,
    /// Cost per base unit when some was last on hand.
    pub last_cost: Decimal,
    /// Number of the latest movement.
    pub movements: i64,
    /// Whether goods may go before they come.
    pub may_be_negative: bool,
    /// What is available should not fall below this, in base units.
    pub reorder_point: Option<Decimal>,
    /// How much is bought at a time, in base units.
    pub reorder_quantity: Option<Decimal>,
}

impl StockLevelRow {
    /// What lies there, and what it has cost.
    pub const fn balance(&self) -> Balance {
        Balance {
            on_hand: self.on_hand,
            value: self.value,
            last_cost: self.last_cost,
        }
    }

    /// What can still be promised.
    pub fn available(&self) -> Decimal {
        self.on_hand - self.reserved
    }
}
