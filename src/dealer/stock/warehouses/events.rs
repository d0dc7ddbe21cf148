//! What happens to warehouses.

use super::model::{WarehouseId, WarehouseRow};
use crate::events::events;

events! {
    /// What readers learn of a warehouse.
    pub struct WarehouseFacts {
        /// The warehouse.
        warehouse: WarehouseId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A warehouse was added.
    WarehouseCreated = "warehouse.created", version 1;
    /// A warehouse was changed.
    WarehouseUpdated = "warehouse.updated", version 1;
    /// A warehouse was archived.
    WarehouseArchived = "warehouse.archived", version 1;
}

impl From<&WarehouseRow> for WarehouseFacts {
    fn from(row: &WarehouseRow) -> Self {
        Self {
            warehouse: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
