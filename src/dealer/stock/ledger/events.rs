//! What happens to stock.

use super::model::{MovementId, MovementRow};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a movement.
    pub struct MovementFacts {
        /// The movement.
        movement: MovementId,
        /// What moved.
        product: ProductId,
        /// Where.
        warehouse: WarehouseId,
        /// Why, as the kind of the movement.
        kind: String,
        /// How much, in base units, as a decimal; below zero for what went.
        quantity: String,
        /// What is there now, in base units, as a decimal.
        on_hand: String,
    }
    for Staff:
    /// Goods came to a place, or went from it.
    MovementPosted = "movement.posted", version 1;
}

impl From<&MovementRow> for MovementFacts {
    fn from(row: &MovementRow) -> Self {
        Self {
            movement: row.id,
            product: row.product_id,
            warehouse: row.warehouse_id,
            kind: row.kind.as_str().to_owned(),
            quantity: row.quantity.normalize().to_string(),
            on_hand: row.on_hand.normalize().to_string(),
        }
    }
}
