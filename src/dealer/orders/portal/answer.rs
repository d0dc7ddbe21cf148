//! Use cases of what was placed at the portal: approving, declining, taking it back.

use super::input::OrderDeclineInput;
use crate::dealer::customers::contacts::contractor::{Contractor, contractor};
use crate::dealer::orders::actions::OrderAction as Action;
use crate::dealer::orders::cancel::give_up_draft;
use crate::dealer::orders::events::{OrderApproved, OrderDeclined, OrderFacts};
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::input::OrderStepInput;
use crate::dealer::orders::model::{OrderApproval, OrderId, OrderRow, OrderState};
use crate::dealer::orders::steps::{locked, written};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Says that the customer wants what one of its people has placed.
pub(super) async fn approve(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let key = (input.id, input.expected_version);
    let (mut order, who) = open_to(tx, key, Action::Approve).await?;
    if who.limit.is_some() && order.lines.iter().any(|line| line.unit_price.is_zero()) {
        let message = "it has goods without a price yet, and what you may approve has a limit";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    answer(&mut order, &who, OrderApproval::Approved);
    let order = written(tx, order).await?;
    tx.emit(&OrderApproved(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// Says that the customer does not want it: the order is given up.
pub(super) async fn decline(
    tx: &mut TenantTx,
    input: OrderDeclineInput,
) -> ServiceResult<OrderRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 200);
    checks.finish()?;
    let key = (input.id, input.expected_version);
    let (mut order, who) = open_to(tx, key, Action::Decline).await?;
    answer(&mut order, &who, OrderApproval::Declined);
    order.row.approval_reason = Some(reason);
    order.row.state = OrderState::Cancelled;
    let order = written(tx, order).await?;
    tx.emit(&OrderDeclined(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// Takes back what was placed, as long as the dealer has not confirmed it.
pub(super) async fn withdraw(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let key = (input.id, input.expected_version);
    let (order, _) = open_to(tx, key, Action::Withdraw).await?;
    give_up_draft(tx, order).await
}

fn answer(order: &mut LockedOrder, who: &Contractor, approval: OrderApproval) {
    order.row.approval = Some(approval);
    order.row.approval_by = Some(who.user);
}

/// The order, locked, if this action suits it and is open to whoever of the customer's people
/// calls. His limit is read behind the lock of the customer, under which it is set.
async fn open_to(
    tx: &mut TenantTx,
    key: (OrderId, i32),
    action: Action,
) -> ServiceResult<(LockedOrder, Contractor)> {
    let order = locked(tx, key, action).await?;
    let refused = |message: &str| UserError::at(ErrorCode::NotAllowed, &["input", "id"], message);
    let strangers = || refused("this is for the customer's own people");
    let who = contractor(tx).await?.ok_or_else(strangers)?;
    match action.shuts_out(&order.row, &who) {
        Some(message) => Err(refused(message).into()),
        None => Ok((order, who)),
    }
}
