//! What happens to products.

use super::model::{ProductId, ProductRow};
use crate::events::events;

events! {
    /// What readers learn of a product.
    pub struct ProductFacts {
        /// The product.
        product: ProductId,
        /// Its stock-keeping code.
        sku: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Everybody:
    /// A product was added.
    ProductCreated = "product.created", version 1;
    /// A product or its units were changed.
    ProductUpdated = "product.updated", version 1;
    /// A product was archived.
    ProductArchived = "product.archived", version 1;
    /// A product was taken out of the archive.
    ProductRestored = "product.restored", version 1;
}

impl From<&ProductRow> for ProductFacts {
    fn from(row: &ProductRow) -> Self {
        Self {
            product: row.id,
            sku: row.sku.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
