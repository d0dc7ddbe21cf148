//! What is to come: open lines of purchase orders, for those who promise goods or buy more.

use super::model::PurchaseOrderState;
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::availability::model::Incoming;
use crate::tenancy::TenantTx;

/// What suppliers are to bring of these products, by product and day. Drafts are left out: no
/// supplier knows of them.
pub async fn open_lines(tx: &mut TenantTx, products: &[ProductId]) -> DbResult<Vec<Incoming>> {
    query::open_lines(tx, products, &PurchaseOrderState::AWAITED).await
}

/// Whether something is ordered of a supplier, or to be.
pub async fn is_any(tx: &mut TenantTx, supplier: SupplierId) -> DbResult<bool> {
    query::is_any(tx, supplier, &PurchaseOrderState::OPEN).await
}
