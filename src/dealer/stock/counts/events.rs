//! What happens to counts.

use super::model::{StockCountId, StockCountRow};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a count.
    pub struct StockCountFacts {
        /// The count.
        stock_count: StockCountId,
        /// Its number.
        number: String,
        /// Where.
        warehouse: WarehouseId,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A count was opened.
    StockCountOpened = "stock_count.opened", version 1;
    /// Some products of a count were counted.
    StockCountRecorded = "stock_count.recorded", version 1;
    /// What a count found is in the books.
    StockCountPosted = "stock_count.posted", version 1;
    /// A count was given up.
    StockCountCancelled = "stock_count.cancelled", version 1;
}

impl From<&StockCountRow> for StockCountFacts {
    fn from(row: &StockCountRow) -> Self {
        Self {
            stock_count: row.id,
            number: row.number.to_string(),
            warehouse: row.warehouse_id,
            record_version: row.version,
        }
    }
}
