//! What happens to holds.

use super::model::{ReservationId, ReservationRow};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a hold.
    pub struct ReservationFacts {
        /// The reservation.
        reservation: ReservationId,
        /// What is put aside.
        product: ProductId,
        /// Where.
        warehouse: WarehouseId,
        /// How much is put aside now, in base units, as a decimal.
        open: String,
    }
    for Staff:
    /// Goods were put aside.
    ReservationMade = "reservation.made", version 1;
    /// Goods that were put aside are free again.
    ReservationReleased = "reservation.released", version 1;
}

impl From<&ReservationRow> for ReservationFacts {
    fn from(row: &ReservationRow) -> Self {
        Self {
            reservation: row.id,
            product: row.product_id,
            warehouse: row.warehouse_id,
            open: row.open.normalize().to_string(),
        }
    }
}
