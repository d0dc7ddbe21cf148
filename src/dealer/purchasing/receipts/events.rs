//! What happens to goods receipts.

use super::model::{GoodsReceiptId, GoodsReceiptRow};
use crate::dealer::purchasing::orders::model::PurchaseOrderId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;

events! {
    /// What readers learn of a goods receipt.
    pub struct GoodsReceiptFacts {
        /// The receipt.
        goods_receipt: GoodsReceiptId,
        /// Its number.
        number: String,
        /// The order of which goods came.
        purchase_order: PurchaseOrderId,
        /// Who brought them.
        supplier: SupplierId,
        /// Where they are.
        warehouse: WarehouseId,
    }
    for Staff:
    /// Goods of a purchase order came, and are in stock.
    GoodsReceiptPosted = "goods_receipt.posted", version 1;
}

impl From<&GoodsReceiptRow> for GoodsReceiptFacts {
    fn from(row: &GoodsReceiptRow) -> Self {
        Self {
            goods_receipt: row.id,
            number: row.number.to_string(),
            purchase_order: row.order_id,
            supplier: row.supplier_id,
            warehouse: row.warehouse_id,
        }
    }
}
