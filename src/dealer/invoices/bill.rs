//! What a bill of orders comes to, and how much of them is left to bill.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::amounts::{step, taxes};
use super::model::InvoiceLineRow;
use super::query::{self, Claims};
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::{OrderId, OrderLineId, OrderLineRow};
use crate::error::{AppError, AppResult};
use crate::kernel::money::{MoneyError, digits_of};
use crate::tenancy::TenantTx;

/// Orders that nobody else changes.
pub(super) type Orders = BTreeMap<OrderId, LockedOrder>;

/// How much of the lines of orders is left to bill.
pub(super) struct Left(HashMap<OrderLineId, Claims>);

impl Left {
    /// Of these orders, which are locked: so nobody drafts more of them.
    pub(super) async fn of(tx: &mut TenantTx, orders: &Orders) -> AppResult<Self> {
        let lines = orders.values().flat_map(|order| &order.lines);
        let ids: Vec<OrderLineId> = lines.map(|line| line.id).collect();
        Ok(Self(query::claims(tx, &ids).await?))
    }

    /// The same, without what a draft claims itself.
    pub(super) fn without(mut self, draft: &[InvoiceLineRow]) -> Self {
        for line in draft {
            if let Some(claims) = line.order_line_id.and_then(|id| self.0.get_mut(&id)) {
                claims.drafted -= line.quantity;
            }
        }
        self
    }

    /// Of what is with the customer.
    pub(super) fn delivered(&self, line: &OrderLineRow) -> Decimal {
        self.below(line, line.delivered)
    }

    /// Of what is with the customer or will be.
    pub(super) fn wanted(&self, line: &OrderLineRow) -> Decimal {
        self.below(line, line.delivered.max(line.wanted()))
    }

    /// What of `most` is neither billed, nor drafted, nor came back before it was billed.
    fn below(&self, line: &OrderLineRow, most: Decimal) -> Decimal {
        let claims = self.0.get(&line.id).copied().unwrap_or_default();
        let unbilled = line.unbilled(claims.credited);
        (most - unbilled - line.invoiced - claims.drafted).max(Decimal::ZERO)
    }
}

/// Net and tax by order and rate.
type Groups = BTreeMap<(OrderId, Decimal), (Decimal, Decimal)>;

/// Writes on lines what they come to if they are billed now, and counts them on their orders:
/// whatever the parts are, all bills of an order come to what the order comes to.
pub(super) fn assess(orders: &mut Orders, lines: &mut [InvoiceLineRow]) -> AppResult<()> {
    let places = places(orders);
    let billed = billed(orders);
    let mut groups: BTreeMap<(OrderId, Decimal), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter_mut().enumerate() {
        let (order, of) = found(orders, &places, line)?;
        let digits = digits_of(&order.row.currency);
        let of = line_of(order, of)?;
        let due = of.net_of(of.invoiced + line.quantity, digits);
        line.net = step(due.map_err(AppError::internal)?, of.invoiced_net);
        of.invoiced += line.quantity;
        of.invoiced_net += line.net;
        let group = (of.order_id, of.tax_rate.normalize());
        groups.entry(group).or_default().push(index);
    }
    for (group, members) in groups {
        let so_far = billed.get(&group).copied().unwrap_or_default();
        tax(orders, lines, (group, so_far), &members)?;
    }
    Ok(())
}

/// Shares the tax of a group among its lines.
fn tax(
    orders: &mut Orders,
    lines: &mut [InvoiceLineRow],
    ((id, rate), so_far): ((OrderId, Decimal), (Decimal, Decimal)),
    members: &[usize],
) -> AppResult<()> {
    let order = orders.get_mut(&id).ok_or_else(vanished)?;
    let digits = digits_of(&order.row.currency);
    let nets = members.iter().filter_map(|index| lines.get(*index));
    let nets: Vec<Decimal> = nets.map(|line| line.net).collect();
    let shares = taxes(so_far, &nets, rate, digits).map_err(AppError::internal)?;
    for (index, share) in members.iter().zip(shares) {
        let line = lines.get_mut(*index).ok_or_else(vanished)?;
        line.tax = share;
        let of = line.order_line_id.ok_or_else(vanished)?;
        line_of(order, of)?.invoiced_tax += share;
    }
    Ok(())
}

/// What an invoice comes to: net and tax.
pub(super) fn sums(lines: &[InvoiceLineRow]) -> Result<(Decimal, Decimal), MoneyError> {
    let sum = |of: fn(&InvoiceLineRow) -> Decimal| {
        let mut amounts = lines.iter().map(of);
        let total = amounts.try_fold(Decimal::ZERO, Decimal::checked_add);
        // The greatest amount that is kept has 14 digits before the point.
        total.filter(|total| *total < Decimal::from(100_000_000_000_000_i64))
    };
    let net = sum(|line| line.net).ok_or(MoneyError::TooLarge)?;
    let tax = sum(|line| line.tax).ok_or(MoneyError::TooLarge)?;
    Ok((net, tax))
}

/// What is billed of orders so far.
fn billed(orders: &Orders) -> Groups {
    let mut groups = Groups::new();
    for line in orders.values().flat_map(|order| &order.lines) {
        let group = (line.order_id, line.tax_rate.normalize());
        let sums = groups.entry(group).or_default();
        sums.0 += line.invoiced_net;
        sums.1 += line.invoiced_tax;
    }
    groups
}

fn places(orders: &Orders) -> HashMap<OrderLineId, OrderId> {
    let lines = orders.values().flat_map(|order| &order.lines);
    lines.map(|line| (line.id, line.order_id)).collect()
}

fn found<'a>(
    orders: &'a mut Orders,
    places: &HashMap<OrderLineId, OrderId>,
    line: &InvoiceLineRow,
) -> AppResult<(&'a mut LockedOrder, OrderLineId)> {
    let of = line.order_line_id.ok_or_else(vanished)?;
    let order = places.get(&of).and_then(|id| orders.get_mut(id));
    Ok((order.ok_or_else(vanished)?, of))
}

fn line_of(order: &mut LockedOrder, id: OrderLineId) -> AppResult<&mut OrderLineRow> {
    order.line_mut(id).ok_or_else(vanished)
}

fn vanished() -> AppError {
    AppError::internal("a line of an order has vanished")
}
