//! Rows and enums of reservations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::stock_reservations;
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A reservation of goods.
    ReservationId, "rsv"
);

text_enum! {
    /// What goods are promised to.
    pub enum ReservationSource {
        /// Somebody has put them aside.
        Hold = "HOLD",
        /// They are about to be moved to another place of the dealer's.
        Transfer = "TRANSFER",
        /// A customer has ordered them.
        Order = "ORDER",
    }
}

/// A reservation as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_reservations, check_for_backend(diesel::pg::Pg))]
pub struct ReservationRow {
    /// Its id.
    pub id: ReservationId,
    /// Of what.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// How much was promised, in base units.
    pub quantity: Decimal,
    /// What of it is neither used nor released.
    pub open: Decimal,
    /// The unit in which it was asked for.
    pub unit_id: UnitId,
    /// How many of that unit.
    pub unit_quantity: Decimal,
    /// What it is promised to.
    pub source: ReservationSource,
    /// The document; for a hold, the reservation itself.
    pub source_id: Uuid,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
