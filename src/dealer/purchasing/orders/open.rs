//! What is to come: open lines of purchase orders, for those who promise goods or buy more.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::{PurchaseOrderLineId, PurchaseOrderLineRow, PurchaseOrderState};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// Goods that a supplier is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLine {
    /// The line of the order.
    pub line: PurchaseOrderLineId,
    /// What comes.
    pub product: ProductId,
    /// Where it comes to.
    pub warehouse: WarehouseId,
    /// When it should come; none only if nobody knew when it was sent.
    pub expected_on: Option<NaiveDate>,
    /// How much of it is still to come, in base units.
    pub quantity: Decimal,
}

/// What suppliers are to bring of these products to these warehouses, by product and day.
/// Drafts are left out: no supplier knows of them.
pub async fn open_lines(
    tx: &mut TenantTx,
    products: &[ProductId],
    warehouses: &[WarehouseId],
) -> DbResult<Vec<OpenLine>> {
    let states = PurchaseOrderState::AWAITED;
    let rows = query::open_lines(tx, (products, warehouses), &states).await?;
    let line = |(row, warehouse): (PurchaseOrderLineRow, WarehouseId)| OpenLine {
        line: row.id,
        product: row.product_id,
        warehouse,
        expected_on: row.expected_on,
        quantity: row.open(),
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Whether something is ordered of a supplier, or to be.
pub async fn is_any(tx: &mut TenantTx, supplier: SupplierId) -> DbResult<bool> {
    query::is_any(tx, supplier, &PurchaseOrderState::OPEN).await
}
