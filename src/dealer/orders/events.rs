//! What happens to orders.

use super::model::{OrderApproval, OrderId, OrderLineRow, OrderRow, SalePriceSource};
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of an order.
    pub struct OrderFacts {
        /// The order.
        order: OrderId,
        /// Its number.
        number: String,
        /// Who has ordered.
        customer: CustomerId,
        /// Where goods come from whose line does not say.
        warehouse: WarehouseId,
        /// Where it stands, as the state of the order.
        state: String,
        /// How much of it is with the customer: NONE, PARTIAL or FULL.
        fulfilment: String,
        /// How much of it is invoiced: NONE, PARTIAL or FULL.
        billing: String,
        /// Whether nothing of it is delivered at present.
        is_on_hold: bool,
        /// Whether it waits until another of the customer's people approves it.
        awaits_approval: bool,
        /// How many of its lines have a price or a discount that somebody has set.
        price_overrides: i32,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// An order was written down.
    OrderCreated = "order.created", version 1;
    /// An order was placed at the portal by one of the customer's people; told in place of
    /// order.created.
    OrderPlaced = "order.placed", version 1;
    /// What was placed at the portal was approved by another of the customer's people.
    OrderApproved = "order.approved", version 1;
    /// What was placed at the portal was declined by another of the customer's people.
    OrderDeclined = "order.declined", version 1;
    /// A draft of an order was changed.
    OrderUpdated = "order.updated", version 1;
    /// An order was confirmed: its goods are promised.
    OrderConfirmed = "order.confirmed", version 1;
    /// What is ordered was changed after it was confirmed.
    OrderAmended = "order.amended", version 1;
    /// Nothing of an order is delivered until further notice.
    OrderHeld = "order.held", version 1;
    /// The hold of an order was lifted.
    OrderReleased = "order.released", version 1;
    /// An order was given up, or what was left of it.
    OrderCancelled = "order.cancelled", version 1;
    /// An order is done, or nobody waits for the rest of it.
    OrderClosed = "order.closed", version 1;
    /// Goods of an order were bought for it, came in, were delivered, invoiced or brought back.
    OrderProgressed = "order.progressed", version 1;
}

impl OrderFacts {
    /// Those of an order with these lines.
    pub fn of(row: &OrderRow, lines: &[OrderLineRow]) -> Self {
        let overrides = lines.iter().filter(|line| {
            line.price_source == SalePriceSource::Override || !line.discount.is_zero()
        });
        Self {
            order: row.id,
            number: row.number.to_string(),
            customer: row.customer_id,
            warehouse: row.warehouse_id,
            state: row.state.as_str().to_owned(),
            fulfilment: row.fulfilment.as_str().to_owned(),
            billing: row.billing.as_str().to_owned(),
            is_on_hold: row.hold_reason.is_some(),
            awaits_approval: row.approval == Some(OrderApproval::Awaiting),
            price_overrides: i32::try_from(overrides.count()).unwrap_or(i32::MAX),
            record_version: row.version,
        }
    }
}
