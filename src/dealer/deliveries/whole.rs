//! Deliveries with their lines, locked behind their orders.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::DeliveryAction;
use super::model::{DeliveryId, DeliveryLineRow, DeliveryRow};
use super::query;
use crate::dealer::orders::fulfil::{self, LockedOrder};
use crate::dealer::orders::model::{OrderId, OrderLineId, OrderLineRow, OrderSourcing};
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Orders that nobody else changes until the COMMIT.
pub(super) type Orders = BTreeMap<OrderId, LockedOrder>;

/// A delivery with its lines.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub row: DeliveryRow,
    pub lines: Vec<DeliveryLineRow>,
}

/// The orders of these deliveries, which are not locked yet.
pub(super) async fn lock_orders(tx: &mut TenantTx, rows: &[DeliveryRow]) -> AppResult<Orders> {
    let ids: BTreeSet<OrderId> = rows.iter().map(|row| row.order_id).collect();
    let ids: Vec<OrderId> = ids.into_iter().collect();
    fulfil::lock(tx, &ids).await
}

/// These deliveries, by id, whose orders are locked.
pub(super) async fn lock(tx: &mut TenantTx, ids: &[DeliveryId]) -> AppResult<Vec<Whole>> {
    let rows = query::lock(tx, ids).await?;
    let mut lines: BTreeMap<DeliveryId, Vec<DeliveryLineRow>> = BTreeMap::new();
    for line in query::find_lines(tx, ids).await? {
        lines.entry(line.delivery_id).or_default().push(line);
    }
    let whole = |row: DeliveryRow| {
        let lines = lines.remove(&row.id).unwrap_or_default();
        Whole { row, lines }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// The delivery and its order, locked, if its state lets it be treated so.
pub(super) async fn lock_one(
    tx: &mut TenantTx,
    (id, version): (DeliveryId, i32),
    action: DeliveryAction,
) -> ServiceResult<(Orders, Whole)> {
    let found = query::find_many(tx, &[id]).await?;
    let orders = lock_orders(tx, &found).await?;
    let whole = lock_alone(tx, (id, version), action).await?;
    Ok((orders, whole))
}

/// As [`lock_one`], where the order is locked already.
pub(super) async fn lock_alone(
    tx: &mut TenantTx,
    (id, version): (DeliveryId, i32),
    action: DeliveryAction,
) -> ServiceResult<Whole> {
    let whole = lock(tx, &[id]).await?.pop().ok_or_else(missing)?;
    if whole.row.version != version {
        return Err(changed().into());
    }
    action.check(whole.row.state, &["input", "id"])?;
    Ok(whole)
}

/// The refusal of an id that no delivery has.
pub(super) fn missing() -> UserError {
    let message = "there is no such delivery";
    UserError::at(ErrorCode::NotFound, &["input", "id"], message)
}

/// The refusal of another version than the record has.
pub(super) fn changed() -> UserError {
    let message = "the record has changed since it was read; read it again";
    UserError::at(ErrorCode::Conflict, &["input", "expectedVersion"], message)
}

/// A delivery's order among those that are locked.
pub(super) fn order_of(orders: &Orders, id: OrderId) -> AppResult<&LockedOrder> {
    orders.get(&id).ok_or_else(not_locked)
}

/// The line of an order of which a line of a delivery is.
pub(super) fn line_of(
    orders: &Orders,
    (order, line): (OrderId, OrderLineId),
) -> AppResult<&OrderLineRow> {
    order_of(orders, order)?.line(line).ok_or_else(not_locked)
}

/// As [`line_of`], to be changed.
pub(super) fn line_mut(
    orders: &mut Orders,
    (order, line): (OrderId, OrderLineId),
) -> AppResult<&mut OrderLineRow> {
    let order = orders.get_mut(&order).ok_or_else(not_locked)?;
    order.line_mut(line).ok_or_else(not_locked)
}

fn not_locked() -> AppError {
    AppError::internal("an order of a delivery that is not locked")
}

/// Whether goods of a line of an order go out of a warehouse.
pub(super) const fn moves(sourcing: OrderSourcing) -> bool {
    match sourcing {
        OrderSourcing::Stock | OrderSourcing::Special => true,
        // A supplier brings them, or nobody does.
        OrderSourcing::Direct | OrderSourcing::None => false,
    }
}
