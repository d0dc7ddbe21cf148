//! The use case of confirming an order.

use super::actions::OrderAction as Action;
use super::credit;
use super::events::{OrderConfirmed, OrderFacts};
use super::input::OrderStepInput;
use super::model::{OrderLineRow, OrderRow, OrderState};
use super::promise::{Turn, turn};
use super::service::{for_buyer, refuse_unsold};
use super::steps::{locked, written};
use crate::dealer::credit::check::Buyer;
use crate::dealer::credit::verdict::CreditPoint;
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Confirms a draft: the customer's credit lets it go on, and its goods are promised; or nothing
/// of that.
pub async fn confirm(tx: &mut TenantTx, input: OrderStepInput) -> ServiceResult<OrderRow> {
    let path = ["input", "id"];
    let mut order = locked(tx, (input.id, input.expected_version), Action::Confirm).await?;
    let row = &order.row;
    for_buyer(tx, (row.customer_id, row.job_id), ("id", "id")).await?;
    let sale = (buyer(row), row.net + row.tax);
    credit::check(tx, sale, CreditPoint::Order, &path).await?;
    let all = |(index, line): (usize, &OrderLineRow)| Turn {
        index,
        by: line.wanted(),
        path: path.map(str::to_owned).into(),
    };
    let turns: Vec<_> = order.lines.iter().enumerate().map(all).collect();
    turn(tx, &mut order.lines, &turns).await?;
    refuse_unsold(tx, &order.lines, &path).await?;
    order.row.state = OrderState::Confirmed;
    order.row.confirmed_at = Some(tx.now());
    let order = written(tx, order).await?;
    tx.emit(&OrderConfirmed(OrderFacts::of(&order.row, &order.lines)));
    Ok(order.row)
}

/// Whose credit an order is looked at with.
pub(super) const fn buyer(row: &OrderRow) -> Buyer {
    Buyer {
        customer: row.customer_id,
        job: row.job_id,
    }
}
