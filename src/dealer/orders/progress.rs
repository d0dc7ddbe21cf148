//! Where an order stands, as a plain calculation over the counters of its lines.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::model::{
    OrderLineId, OrderLineRow, OrderProgress as Progress, OrderRow, OrderSourcing, OrderState,
};
use crate::kernel::money::{MoneyError, Totals, digits_of, totals};

/// What the lines come to without what of them is cancelled.
pub fn totals_of(lines: &[OrderLineRow], currency: &str) -> Result<Totals, MoneyError> {
    let digits = digits_of(currency);
    let wanted = |line: &OrderLineRow| Ok((line.net_of(line.wanted(), digits)?, line.tax_rate));
    let nets = lines.iter().map(wanted).collect::<Result<Vec<_>, _>>()?;
    totals(&nets, digits)
}

/// How much of lines is credited and not to be billed again; nothing of those that are not here.
pub type Credited = BTreeMap<OrderLineId, Decimal>;

/// What came back of a line before it was billed.
pub(super) fn unbilled(line: &OrderLineRow, credited: &Credited) -> Decimal {
    line.unbilled(credited.get(&line.id).copied().unwrap_or_default())
}

/// Brings an order up to its lines: sums, how far it has come, and whether it is done. A
/// draft has no way to go; what was given up stays so.
pub fn bring_up(
    order: &mut OrderRow,
    lines: &[OrderLineRow],
    credited: &Credited,
) -> Result<(), MoneyError> {
    let sums = totals_of(lines, &order.currency)?;
    (order.net, order.tax) = (sums.net, sums.tax);
    if !matches!(order.state, OrderState::Confirmed | OrderState::Closed) {
        return Ok(());
    }
    order.fulfilment = fulfilment(lines);
    order.billing = billing(lines, credited);
    order.state = state(order, lines);
    Ok(())
}

fn state(order: &OrderRow, lines: &[OrderLineRow]) -> OrderState {
    let is_wanted = lines.iter().any(|line| line.wanted() > Decimal::ZERO);
    let has_begun = lines.iter().any(|line| line.delivered > Decimal::ZERO);
    if !is_wanted && !has_begun {
        return OrderState::Cancelled;
    }
    let is_planned = lines.iter().any(|line| line.planned > Decimal::ZERO);
    let is_done = (order.fulfilment, order.billing) == (Progress::Full, Progress::Full);
    if is_done && !is_planned {
        OrderState::Closed
    } else {
        OrderState::Confirmed
    }
}

/// How much is with the customer. Nobody brings services.
fn fulfilment(lines: &[OrderLineRow]) -> Progress {
    let goods = lines
        .iter()
        .filter(|line| line.sourcing != OrderSourcing::None);
    of(goods.map(|line| (line.delivered, line.wanted())))
}

/// How much is invoiced; what came back before it was is not billed. What came back afterwards
/// is credited, and counts as invoiced all the same.
fn billing(lines: &[OrderLineRow], credited: &Credited) -> Progress {
    let due = |line: &OrderLineRow| {
        let whole = line.wanted().max(line.delivered);
        whole - unbilled(line, credited)
    };
    of(lines.iter().map(|line| (line.invoiced, due(line))))
}

/// How far parts have come, each `(done, due)`; where nothing is due, all is done.
fn of(parts: impl Iterator<Item = (Decimal, Decimal)>) -> Progress {
    let (mut some, mut all) = (false, true);
    for (done, due) in parts {
        some |= done > Decimal::ZERO;
        all &= done >= due;
    }
    match (some, all) {
        (_, true) => Progress::Full,
        (true, false) => Progress::Partial,
        (false, false) => Progress::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(parts: &[(i64, i64)]) -> Progress {
        of(parts
            .iter()
            .map(|(done, due)| (Decimal::from(*done), Decimal::from(*due))))
    }

    #[test]
    fn an_axis_is_full_only_when_every_line_is() {
        assert_eq!(parts(&[(0, 5), (0, 1)]), Progress::None);
        assert_eq!(parts(&[(5, 5), (0, 1)]), Progress::Partial);
        assert_eq!(parts(&[(5, 5), (0, 0)]), Progress::Full);
        assert_eq!(parts(&[(6, 5), (1, 1)]), Progress::Full);
    }

    #[test]
    fn what_nobody_waits_for_is_done() {
        assert_eq!(parts(&[]), Progress::Full);
        assert_eq!(parts(&[(0, -1)]), Progress::Full);
    }
}
