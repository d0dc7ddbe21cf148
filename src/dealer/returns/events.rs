//! What happens to returns.

use super::model::{ReturnId, ReturnRow};
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::OrderId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a return.
    pub struct ReturnFacts {
        /// The return.
        r#return: ReturnId,
        /// Its number.
        number: String,
        /// The order whose goods come back.
        order: OrderId,
        /// Whose order.
        customer: CustomerId,
        /// Where the goods come.
        warehouse: WarehouseId,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A customer wants to bring goods back.
    ReturnRequested = "return.requested", version 1;
    /// A customer may bring goods back.
    ReturnApproved = "return.approved", version 1;
    /// A customer may not bring goods back, or brought none.
    ReturnRejected = "return.rejected", version 1;
    /// Goods have come back.
    ReturnReceived = "return.received", version 1;
    /// What was invoiced of goods that came back is credited.
    ReturnCredited = "return.credited", version 1;
}

impl From<&ReturnRow> for ReturnFacts {
    fn from(row: &ReturnRow) -> Self {
        Self {
            r#return: row.id,
            number: row.number.to_string(),
            order: row.order_id,
            customer: row.customer_id,
            warehouse: row.warehouse_id,
            record_version: row.version,
        }
    }
}
