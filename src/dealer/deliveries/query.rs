//! SQL of deliveries.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{DeliveryId, DeliveryLineRow, DeliveryState};
use crate::db::tenant_tables::{deliveries, delivery_lines};
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// The lines of those of these deliveries that are delivered, in their order: what can be
/// billed, with what was handed over and what it had cost.
pub async fn lines_to_bill(
    tx: &mut TenantTx,
    ids: &[DeliveryId],
) -> AppResult<Vec<DeliveryLineRow>> {
    let query = delivery_lines::table
        .inner_join(deliveries::table)
        .filter(deliveries::id.eq_any(ids.to_vec()))
        .filter(deliveries::state.eq(DeliveryState::Delivered))
        .order((delivery_lines::delivery_id, delivery_lines::position))
        .select(DeliveryLineRow::as_select());
    Ok(query.load(tx).await?)
}
