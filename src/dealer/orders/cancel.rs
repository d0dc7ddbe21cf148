//! Use cases of orders: giving up what is not delivered.

use rust_decimal::Decimal;

use super::actions::OrderAction as Action;
use super::events::{OrderCancelled, OrderClosed, OrderFacts};
use super::fulfil::LockedOrder;
use super::input::{OrderLineCancelInput, OrderStepInput};
use super::model::{OrderApproval, OrderLineRow, OrderRow, OrderState};
use super::promise::{Turn, turn};
use super::steps::{locked, locked_by_line, stored, written};
use crate::dealer::catalog::quantity::Measures;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Gives up what is left of a line, or some of it.
pub async fn cancel_line(
    tx: &mut TenantTx,
    input: OrderLineCancelInput,
) -> ServiceResult<OrderRow> {
    let key = (input.line_id, input.expected_version);
    let mut order = locked_by_line(tx, key, Action::CancelLine).await?;
    let places = order.lines.iter().position(|line| line.id == input.line_id);
    let index = places.unwrap_or_default();
    let by = match order.lines.get(index) {
        Some(line) => given_up(tx, &input, line).await?,
        None => Decimal::ZERO,
    };
    give_up(tx, &mut order, &[(index, by)]).await?;
    let (row, lines) = stored(tx, order).await?;
    if row.state != OrderState::Cancelled {
        tx.emit(&OrderCancelled(OrderFacts::of(&row, &lines)));
    }
    Ok(row)
}

/// Gives up a draft, or what is left of an order.
pub async fn cancel(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let key = (input.id, input.expected_version);
    let mut order = locked(tx, key, Action::Cancel).await?;
    if order.row.state == OrderState::Draft {
        return give_up_draft(tx, order).await;
    }
    give_up_rest(tx, &mut order).await?;
    let (row, lines) = stored(tx, order).await?;
    if row.state != OrderState::Cancelled {
        tx.emit(&OrderCancelled(OrderFacts::of(&row, &lines)));
    }
    Ok(row)
}

/// Gives up an order of which nothing is promised; nobody has to approve it any more.
pub(super) async fn give_up_draft(
    tx: &mut TenantTx,
    mut order: LockedOrder,
) -> ServiceResult<OrderRow> {
    let row = &mut order.row;
    row.state = OrderState::Cancelled;
    row.approval = row.approval.filter(|it| *it != OrderApproval::Awaiting);
    let order = written(tx, order).await?;
    tx.emit(&OrderCancelled(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// Ends an order of which nobody waits for the rest.
pub async fn close(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let key = (input.id, input.expected_version);
    let mut order = locked(tx, key, Action::Close).await?;
    give_up_rest(tx, &mut order).await?;
    let (row, lines) = stored(tx, order).await?;
    if row.state != OrderState::Closed {
        // What is delivered is still to be invoiced; the goods are settled.
        tx.emit(&OrderClosed(OrderFacts::of(&row, &lines)));
    }
    Ok(row)
}

/// All that can be given up of all lines, if nothing is in the way.
async fn give_up_rest(tx: &mut TenantTx, order: &mut LockedOrder) -> ServiceResult<()> {
    let is_planned = |line: &OrderLineRow| line.planned > Decimal::ZERO;
    if order.lines.iter().any(is_planned) {
        return refuse("some of it is on a delivery; see to that first");
    }
    let is_prepaid =
        |line: &OrderLineRow| line.invoiced > line.delivered && line.wanted() > line.delivered;
    if order.lines.iter().any(is_prepaid) {
        return refuse(
            "some of it is invoiced and not delivered; credit that first, to be billed again",
        );
    }
    let parts: Vec<_> = order
        .lines
        .iter()
        .map(OrderLineRow::to_cancel)
        .enumerate()
        .collect();
    if parts.iter().all(|(_, by)| by.is_zero()) {
        return refuse("nothing of it is left to give up");
    }
    give_up(tx, order, &parts).await
}

fn refuse<T>(message: &str) -> ServiceResult<T> {
    Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into())
}

/// Gives up so much of lines, by their places, and what is promised of that.
pub(super) async fn give_up(
    tx: &mut TenantTx,
    order: &mut LockedOrder,
    parts: &[(usize, Decimal)],
) -> ServiceResult<()> {
    let less = |(index, by): &(usize, Decimal)| Turn {
        index: *index,
        by: -*by,
        path: Vec::new(),
    };
    let turns: Vec<_> = parts.iter().map(less).collect();
    turn(tx, &mut order.lines, &turns).await?;
    for (index, by) in parts {
        if let Some(line) = order.lines.get_mut(*index) {
            line.cancelled += *by;
        }
    }
    Ok(())
}

/// How much of a line an input gives up; no more than can be.
async fn given_up(
    tx: &mut TenantTx,
    input: &OrderLineCancelInput,
    line: &OrderLineRow,
) -> ServiceResult<Decimal> {
    let most = line.to_cancel();
    let (by, path) = match &input.quantity {
        None => (most, ["input", "lineId"]),
        Some(quantity) => {
            let path = ["input", "quantity"];
            let measures = Measures::of(tx, &[line.product_id]).await?;
            let product = (line.product_id, &["input", "lineId"][..]);
            (
                measures.asked(product, (quantity, &path))?.amount.base,
                path,
            )
        }
    };
    if by > Decimal::ZERO && by <= most {
        return Ok(by);
    }
    let most = most.normalize();
    let message =
        format!("{most} of it can be given up: the rest is delivered, planned or invoiced");
    let error = UserError::at(ErrorCode::NotAllowed, &path, message);
    Err(Refusal::from(error.with_detail("cancellable", &most)))
}
