//! What happens to transfers.

use super::model::{TransferId, TransferRow};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a transfer.
    pub struct TransferFacts {
        /// The transfer.
        transfer: TransferId,
        /// Its number.
        number: String,
        /// Where its goods are, or were.
        from: WarehouseId,
        /// Where they shall be.
        to: WarehouseId,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A transfer was written down.
    TransferCreated = "transfer.created", version 1;
    /// The goods of a transfer were reserved.
    TransferApproved = "transfer.approved", version 1;
    /// The goods of a transfer are on their way.
    TransferDispatched = "transfer.dispatched", version 1;
    /// The goods of a transfer have arrived.
    TransferReceived = "transfer.received", version 1;
    /// A transfer was given up.
    TransferCancelled = "transfer.cancelled", version 1;
}

impl From<&TransferRow> for TransferFacts {
    fn from(row: &TransferRow) -> Self {
        Self {
            transfer: row.id,
            number: row.number.to_string(),
            from: row.from_id,
            to: row.to_id,
            record_version: row.version,
        }
    }
}
