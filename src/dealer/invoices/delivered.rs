//! What deliveries brought, as far as bills want to know it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::dealer::deliveries::model::{DeliveryId, DeliveryLineRow};
use crate::dealer::deliveries::{billing, lines_to_bill};
use crate::dealer::orders::model::OrderId;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// What these deliveries brought, in the order of the ids.
pub(super) async fn lines(
    tx: &mut TenantTx,
    ids: &[DeliveryId],
) -> AppResult<Vec<DeliveryLineRow>> {
    let places: HashMap<DeliveryId, usize> = ids.iter().copied().zip(0..).collect();
    let mut rows = lines_to_bill(tx, ids).await?;
    rows.sort_by_key(|row| (places.get(&row.delivery_id).copied(), row.position));
    Ok(rows)
}

/// What all deliveries of an order brought, the oldest first.
pub(super) async fn lines_of_order(
    tx: &mut TenantTx,
    order: OrderId,
) -> AppResult<Vec<DeliveryLineRow>> {
    let rows = billing::of_order(tx, order).await?;
    let ids: Vec<DeliveryId> = rows.iter().map(|row| row.id).collect();
    lines(tx, &ids).await
}

/// What so much of a line had cost, if that is known.
pub(super) fn cost_of(line: &DeliveryLineRow, quantity: Decimal) -> Option<Decimal> {
    let (whole, delivered) = (line.cost?, line.delivered?);
    if quantity == delivered {
        return Some(whole);
    }
    let cost = whole.checked_mul(quantity)?.checked_div(delivered)?;
    Some(cost.round_dp(4))
}
