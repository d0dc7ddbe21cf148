//! What bills ask of deliveries.

use super::model::{DeliveryId, DeliveryRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::orders::model::OrderId;
use crate::tenancy::TenantTx;

/// These deliveries, those that there are.
pub async fn find(tx: &mut TenantTx, ids: &[DeliveryId]) -> DbResult<Vec<DeliveryRow>> {
    query::find_many(tx, ids).await
}

/// All deliveries of an order, by number.
pub async fn of_order(tx: &mut TenantTx, order: OrderId) -> DbResult<Vec<DeliveryRow>> {
    query::find_many_of_orders(tx, &[order]).await
}
