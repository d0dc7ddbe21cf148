//! What happens to what suppliers deliver.

use super::model::{SupplierItemId, SupplierItemRow};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::events::events;

events! {
    /// What readers learn of a product that a supplier delivers.
    pub struct SupplierItemFacts {
        /// The product as the supplier delivers it.
        supplier_item: SupplierItemId,
        /// The supplier.
        supplier: SupplierId,
        /// The product.
        product: ProductId,
        /// Whether it is bought there if nobody says otherwise.
        is_preferred: bool,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// It was said, or said anew, how a supplier delivers a product.
    SupplierItemWasSet = "supplier_item.set", version 1;
    /// A supplier does not deliver a product any more.
    SupplierItemRemoved = "supplier_item.removed", version 1;
}

impl From<&SupplierItemRow> for SupplierItemFacts {
    fn from(row: &SupplierItemRow) -> Self {
        Self {
            supplier_item: row.id,
            supplier: row.supplier_id,
            product: row.product_id,
            is_preferred: row.is_preferred,
            record_version: row.version,
        }
    }
}
