//! What happens to deliveries.

use super::model::{DeliveryId, DeliveryRow, DeliveryRunId};
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::OrderId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a delivery.
    pub struct DeliveryFacts {
        /// The delivery.
        delivery: DeliveryId,
        /// Its number.
        number: String,
        /// Of which order.
        order: OrderId,
        /// Whose order.
        customer: CustomerId,
        /// Where the goods come from.
        warehouse: WarehouseId,
        /// The run that brings them.
        run: Option<DeliveryRunId>,
        /// The day on which they should come: 2026-11-22.
        planned_on: String,
        /// Where it stands, as the state of the delivery.
        state: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A delivery was planned.
    DeliveryPlanned = "delivery.planned", version 1;
    /// A planned delivery was changed.
    DeliveryUpdated = "delivery.updated", version 1;
    /// The goods of a delivery were loaded.
    DeliveryLoaded = "delivery.loaded", version 1;
    /// The goods of a delivery are on their way.
    DeliveryDispatched = "delivery.dispatched", version 1;
    /// The goods of a delivery were handed over.
    DeliveryDelivered = "delivery.delivered", version 1;
    /// Nobody took the goods of a delivery: they are back.
    DeliveryFailed = "delivery.failed", version 1;
    /// A delivery was given up before its goods left.
    DeliveryCancelled = "delivery.cancelled", version 1;
}

impl From<&DeliveryRow> for DeliveryFacts {
    fn from(row: &DeliveryRow) -> Self {
        Self {
            delivery: row.id,
            number: row.number.to_string(),
            order: row.order_id,
            customer: row.customer_id,
            warehouse: row.warehouse_id,
            run: row.run_id,
            planned_on: row.planned_on.to_string(),
            state: row.state.as_str().to_owned(),
            record_version: row.version,
        }
    }
}
