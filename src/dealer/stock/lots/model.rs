//! Rows of lots.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{lot_levels, lot_movements, lots};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::ledger::model::MovementId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A lot.
    LotId, "lot"
);

/// The day on which what never expires does, so that it comes after all others.
pub const NEVER: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A lot as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lots, check_for_backend(diesel::pg::Pg))]
pub struct LotRow {
    /// Its id.
    pub id: LotId,
    /// Of what.
    pub product_id: ProductId,
    /// The maker's code, unique for the product.
    pub code: String,
    /// The first day on which it is too old; [`NEVER`] if there is none.
    pub expires_on: NaiveDate,
    /// When it first came.
    pub created_at: DateTime<Utc>,
}

impl LotRow {
    /// The first day on which it is too old; none if it does not grow old.
    pub fn expiry(&self) -> Option<NaiveDate> {
        Some(self.expires_on).filter(|day| *day != NEVER)
    }
}

/// How much of a lot lies in a warehouse.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lot_levels, check_for_backend(diesel::pg::Pg))]
pub struct LotLevelRow {
    /// Of which lot.
    pub lot_id: LotId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// In base units; never below zero.
    pub on_hand: Decimal,
}

/// The part of a movement that is of a lot. Never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = lot_movements, check_for_backend(diesel::pg::Pg))]
pub struct LotMovementRow {
    /// Of which movement.
    pub movement_id: MovementId,
    /// Of which lot.
    pub lot_id: LotId,
    /// In base units; below zero for what went.
    pub quantity: Decimal,
}
