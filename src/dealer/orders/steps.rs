//! Use cases of orders: holding them, and what all of them begin with.

use std::collections::BTreeMap;

use super::actions::OrderAction as Action;
use super::events::{OrderFacts, OrderHeld, OrderReleased};
use super::fulfil::{LockedOrder, lock, lock_by_lines, store, write};
use super::input::{OrderHoldInput, OrderStepInput};
use super::model::{OrderId, OrderLineId, OrderLineRow, OrderRow};
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Lets nothing of an order be delivered until further notice.
pub async fn hold(tx: &mut TenantTx, input: OrderHoldInput) -> ServiceResult<OrderRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 200);
    checks.finish()?;
    let mut order = locked(tx, (input.id, input.expected_version), Action::Hold).await?;
    order.row.hold_reason = Some(reason);
    order.row.held_at = Some(tx.now());
    let order = written(tx, order).await?;
    tx.emit(&OrderHeld(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// Lifts the hold of an order.
pub async fn release_hold(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let key = (input.id, input.expected_version);
    let mut order = locked(tx, key, Action::HoldRelease).await?;
    (order.row.hold_reason, order.row.held_at) = (None, None);
    let order = written(tx, order).await?;
    tx.emit(&OrderReleased(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// The order that `input.id` names, locked, if it has this version and suits the action.
pub(super) async fn locked(
    tx: &mut TenantTx,
    (id, version): (OrderId, i32),
    action: Action,
) -> ServiceResult<LockedOrder> {
    let path = ["input", "id"];
    let found = lock(tx, &[id]).await?.remove(&id);
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such order");
    let order = found.ok_or_else(missing)?;
    check(&order.row, version, (action, &path))?;
    Ok(order)
}

/// The order of the line that `input.lineId` names; as [`locked`].
pub(super) async fn locked_by_line(
    tx: &mut TenantTx,
    (id, version): (OrderLineId, i32),
    action: Action,
) -> ServiceResult<LockedOrder> {
    let path = ["input", "lineId"];
    let found = lock_by_lines(tx, &[id]).await?.into_values().next();
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such line");
    let order = found.ok_or_else(missing)?;
    check(&order.row, version, (action, &path))?;
    Ok(order)
}

fn check(row: &OrderRow, version: i32, (action, path): (Action, &[&str])) -> ServiceResult<()> {
    if row.version != version {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(row, path)
}

/// Writes one locked order as it is.
pub(super) async fn written(tx: &mut TenantTx, order: LockedOrder) -> ServiceResult<LockedOrder> {
    let mut one = BTreeMap::from([(order.row.id, order)]);
    write(tx, &mut one).await?;
    Ok(only(one.into_values())?)
}

/// Stores one locked order, brought up to its lines, and gives its row with these lines.
pub(super) async fn stored(
    tx: &mut TenantTx,
    order: LockedOrder,
) -> ServiceResult<(OrderRow, Vec<OrderLineRow>)> {
    let lines = order.lines.clone();
    let rows = store(tx, BTreeMap::from([(order.row.id, order)])).await?;
    Ok((only(rows)?, lines))
}

fn only<T>(all: impl IntoIterator<Item = T>) -> AppResult<T> {
    let one = all.into_iter().next();
    one.ok_or_else(|| AppError::internal("an order of nothing"))
}
