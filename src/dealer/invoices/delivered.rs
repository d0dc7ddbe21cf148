//! What deliveries brought, as far as bills want to know it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::query;
use crate::db::error::DbResult;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryLineId};
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::tenancy::TenantTx;

/// A line of a delivery that is with the customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeliveredLine {
    pub(super) id: DeliveryLineId,
    pub(super) order_line: OrderLineId,
    /// What was handed over, in base units.
    pub(super) delivered: Decimal,
    /// What all of it had cost.
    pub(super) cost: Option<Decimal>,
}

impl DeliveredLine {
    /// What so much of it had cost.
    pub(super) fn cost_of(&self, quantity: Decimal) -> Option<Decimal> {
        let whole = self.cost?;
        if quantity == self.delivered {
            return Some(whole);
        }
        let cost = whole.checked_mul(quantity)?.checked_div(self.delivered)?;
        Some(cost.round_dp(4))
    }
}

/// The orders of these deliveries, and whether their goods are with the customer.
pub(super) async fn find(
    tx: &mut TenantTx,
    ids: &[DeliveryId],
) -> DbResult<HashMap<DeliveryId, (OrderId, bool)>> {
    let rows = query::deliveries(tx, ids).await?.into_iter();
    Ok(rows
        .map(|(id, order, state)| (id, (order, state == "DELIVERED")))
        .collect())
}

/// What these deliveries brought, in the order of the ids.
pub(super) async fn lines(tx: &mut TenantTx, ids: &[DeliveryId]) -> DbResult<Vec<DeliveredLine>> {
    let places: HashMap<DeliveryId, usize> = ids.iter().copied().zip(0..).collect();
    let mut rows = query::delivered_lines(tx, ids).await?;
    rows.sort_by_key(|row| places.get(&row.0).copied());
    Ok(rows.into_iter().filter_map(line).collect())
}

/// What all deliveries of an order brought.
pub(super) async fn lines_of_order(
    tx: &mut TenantTx,
    order: OrderId,
) -> DbResult<Vec<DeliveredLine>> {
    let rows = query::delivered_lines_of(tx, order).await?;
    Ok(rows.into_iter().filter_map(line).collect())
}

fn line((_, id, order_line, delivered, cost): query::Brought) -> Option<DeliveredLine> {
    Some(DeliveredLine {
        id,
        order_line,
        delivered: delivered?,
        cost,
    })
}
