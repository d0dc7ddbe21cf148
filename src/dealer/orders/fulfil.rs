//! How other documents move orders on: lock, change the counters of lines, store.
//!
//! The one place where the state of an order follows from its lines, and where its customer's
//! commitments are renewed. The number of statements does not grow with orders and lines.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::commitment;
use super::events::{OrderCancelled, OrderClosed, OrderFacts, OrderProgressed};
use super::model::{OrderId, OrderLineId, OrderLineRow, OrderRow, OrderState};
use super::progress::Credited;
use super::{progress, query};
use crate::dealer::invoices::claims::credited;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// An order that nobody else changes until the COMMIT, with its lines by position.
#[derive(Clone, Debug)]
pub struct LockedOrder {
    /// The order.
    pub row: OrderRow,
    /// Its lines.
    pub lines: Vec<OrderLineRow>,
    /// What is credited of lines of which something came back.
    pub credited: Credited,
}

impl LockedOrder {
    /// One of its lines, to be changed.
    pub fn line_mut(&mut self, id: OrderLineId) -> Option<&mut OrderLineRow> {
        self.lines.iter_mut().find(|line| line.id == id)
    }

    /// One of its lines.
    pub fn line(&self, id: OrderLineId) -> Option<&OrderLineRow> {
        self.lines.iter().find(|line| line.id == id)
    }
}

/// These orders and, before them, their customers; both in the order of their ids. Those that
/// there are not are left out.
pub async fn lock(tx: &mut TenantTx, ids: &[OrderId]) -> AppResult<BTreeMap<OrderId, LockedOrder>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    query::lock_customers(tx, ids).await?;
    let rows = query::lock(tx, ids).await?;
    let locked = rows.into_iter().map(|row| {
        let locked = LockedOrder {
            row,
            lines: Vec::new(),
            credited: Credited::new(),
        };
        (locked.row.id, locked)
    });
    let mut locked: BTreeMap<_, _> = locked.collect();
    for line in query::find_lines(tx, ids).await? {
        if let Some(order) = locked.get_mut(&line.order_id) {
            order.lines.push(line);
        }
    }
    look_up_credits(tx, &mut locked).await?;
    Ok(locked)
}

/// Notes what is credited of lines of which something came back; no statement if nothing did.
async fn look_up_credits(
    tx: &mut TenantTx,
    orders: &mut BTreeMap<OrderId, LockedOrder>,
) -> AppResult<()> {
    let lines = orders.values().flat_map(|order| &order.lines);
    let back = lines.filter(|line| line.returned > Decimal::ZERO);
    let ids: Vec<OrderLineId> = back.map(|line| line.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let credited = credited(tx, &ids).await?;
    for order in orders.values_mut() {
        let of = order.lines.iter().filter_map(|line| {
            let amount = credited.get(&line.id).copied()?;
            Some((line.id, amount))
        });
        order.credited = of.collect();
    }
    Ok(())
}

/// Brings orders up to a credit note for what of them came back: it was billed, so that what is
/// left to bill is more. Those of which nothing came back stay as they are.
pub async fn follow_credit(tx: &mut TenantTx, ids: &[OrderId]) -> ServiceResult<()> {
    let mut orders = lock(tx, ids).await?;
    orders.retain(|_, order| {
        let mut lines = order.lines.iter();
        lines.any(|line| line.returned > Decimal::ZERO)
    });
    store(tx, orders).await?;
    Ok(())
}

/// As [`lock`], of the orders of these lines.
pub async fn lock_by_lines(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> AppResult<BTreeMap<OrderId, LockedOrder>> {
    let orders = query::orders_of_lines(tx, ids).await?;
    lock(tx, &orders).await
}

/// Stores locked orders whose lines' counters were changed, brings each up to its lines, renews
/// what their customers are committed to, and tells of those that moved on.
pub async fn store(
    tx: &mut TenantTx,
    mut orders: BTreeMap<OrderId, LockedOrder>,
) -> ServiceResult<Vec<OrderRow>> {
    let mut moved = Vec::new();
    for order in orders.values_mut() {
        let before = standing(&order.row);
        let LockedOrder {
            row,
            lines,
            credited,
        } = &mut *order;
        progress::bring_up(row, lines, credited).map_err(AppError::internal)?;
        if standing(&order.row) != before {
            moved.push((order.row.id, before.0));
        }
    }
    write(tx, &mut orders).await?;
    for (id, before) in moved {
        if let Some(order) = orders.get(&id) {
            tell(tx, order, before);
        }
    }
    Ok(orders.into_values().map(|order| order.row).collect())
}

/// Writes locked orders with their lines as they are, as one more version, with what their
/// customers are committed to by them.
pub(super) async fn write(
    tx: &mut TenantTx,
    orders: &mut BTreeMap<OrderId, LockedOrder>,
) -> ServiceResult<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    for order in orders.values_mut() {
        order.row.version += 1;
        order.row.updated_at = order.row.updated_at.max(now);
    }
    let lines = orders.values().flat_map(|order| order.lines.clone());
    query::store_lines(tx, lines.collect()).await?;
    let rows = orders.values().map(|order| order.row.clone());
    query::store(tx, rows.collect()).await?;
    commitment::renew(tx, orders).await?;
    Ok(())
}

/// Refuses what may not go out now: of an order that is not confirmed, or on hold; `path` is
/// that of the field that names it. What the customer's credit says where it is looked at when
/// goods leave is asked of [`super::credit::check`].
pub fn check_deliverable(order: &OrderRow, path: &[&str]) -> ServiceResult<()> {
    let refuse = |message: String| Err(UserError::at(ErrorCode::NotAllowed, path, message).into());
    if order.state != OrderState::Confirmed {
        let state = order.state.as_str();
        return refuse(format!("the order is {state}; what is CONFIRMED goes out"));
    }
    match &order.hold_reason {
        Some(reason) => refuse(format!("the order is on hold: {reason}")),
        None => Ok(()),
    }
}

type Standing = (
    OrderState,
    super::model::OrderProgress,
    super::model::OrderProgress,
);

const fn standing(row: &OrderRow) -> Standing {
    (row.state, row.fulfilment, row.billing)
}

fn tell(tx: &mut TenantTx, order: &LockedOrder, before: OrderState) {
    let facts = OrderFacts::of(&order.row, &order.lines);
    match order.row.state {
        OrderState::Closed if before != OrderState::Closed => tx.emit(&OrderClosed(facts)),
        OrderState::Cancelled => tx.emit(&OrderCancelled(facts)),
        _ => tx.emit(&OrderProgressed(facts)),
    }
}
