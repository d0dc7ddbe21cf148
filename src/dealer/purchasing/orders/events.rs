//! What happens to purchase orders.

use super::model::{PurchaseOrderId, PurchaseOrderRow};
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a purchase order.
    pub struct PurchaseOrderFacts {
        /// The order.
        purchase_order: PurchaseOrderId,
        /// Its number.
        number: String,
        /// Of whom it is bought.
        supplier: SupplierId,
        /// Where the goods shall be.
        warehouse: WarehouseId,
        /// Where it stands, as the state of the order.
        state: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A purchase order was written down.
    PurchaseOrderCreated = "purchase_order.created", version 1;
    /// A draft of a purchase order was changed.
    PurchaseOrderUpdated = "purchase_order.updated", version 1;
    /// A purchase order was sent.
    PurchaseOrderSent = "purchase_order.sent", version 1;
    /// Some of the goods of a purchase order have come.
    PurchaseOrderPartiallyReceived = "purchase_order.partially_received", version 1;
    /// All of the goods of a purchase order have come.
    PurchaseOrderReceived = "purchase_order.received", version 1;
    /// A purchase order was given up before any of its goods came.
    PurchaseOrderCancelled = "purchase_order.cancelled", version 1;
    /// The rest of a purchase order is not coming.
    PurchaseOrderClosed = "purchase_order.closed", version 1;
}

impl From<&PurchaseOrderRow> for PurchaseOrderFacts {
    fn from(row: &PurchaseOrderRow) -> Self {
        Self {
            purchase_order: row.id,
            number: row.number.to_string(),
            supplier: row.supplier_id,
            warehouse: row.warehouse_id,
            state: row.state.as_str().to_owned(),
            record_version: row.version,
        }
    }
}
