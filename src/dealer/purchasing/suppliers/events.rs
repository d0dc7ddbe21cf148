//! What happens to suppliers.

use super::model::{SupplierId, SupplierRow};
use crate::events::events;

events! {
    /// What readers learn of a supplier.
    pub struct SupplierFacts {
        /// The supplier.
        supplier: SupplierId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A supplier was added.
    SupplierCreated = "supplier.created", version 1;
    /// A supplier was changed.
    SupplierUpdated = "supplier.updated", version 1;
    /// A supplier was archived.
    SupplierArchived = "supplier.archived", version 1;
    /// A supplier was taken out of the archive.
    SupplierRestored = "supplier.restored", version 1;
}

impl From<&SupplierRow> for SupplierFacts {
    fn from(row: &SupplierRow) -> Self {
        Self {
            supplier: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
