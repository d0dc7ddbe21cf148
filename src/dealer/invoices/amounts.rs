//! What parts of something come to, so that the parts add up to the whole.
//!
//! A part is what all up to it comes to, rounded once, less what came before: whatever the
//! quantities are, the last part makes the sum exact.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::model::InvoiceLineRow;
use crate::dealer::orders::model::share_of;
use crate::kernel::money::{MoneyError, TaxGroup, rounded, shared, tax_of};

/// What lines come to by tax rate, the lowest first.
pub(super) fn by_rate(lines: &[InvoiceLineRow]) -> Vec<TaxGroup> {
    let mut groups: BTreeMap<Decimal, (Decimal, Decimal)> = BTreeMap::new();
    for line in lines {
        let sums = groups.entry(line.tax_rate.normalize()).or_default();
        *sums = (sums.0 + line.net, sums.1 + line.tax);
    }
    let group = |(rate, (net, tax))| TaxGroup { rate, net, tax };
    groups.into_iter().map(group).collect()
}

/// What is due on `due` in all, less what was `given` of it: never below zero.
pub(super) fn step(due: Decimal, given: Decimal) -> Decimal {
    (due - given).max(Decimal::ZERO)
}

/// The tax on lines of one order with one rate: what is due on all that is billed of them by
/// now, less what was billed, in parts as large as the lines. `so_far` is net and tax of what
/// was billed.
pub(super) fn taxes(
    so_far: (Decimal, Decimal),
    nets: &[Decimal],
    rate: Decimal,
    digits: u32,
) -> Result<Vec<Decimal>, MoneyError> {
    let net = so_far.0 + nets.iter().sum::<Decimal>();
    let due = step(tax_of(net, rate, digits)?, so_far.1);
    Ok(parts(due, nets, digits))
}

/// The tax that is given back with so much of what an invoice bills at one rate. `billed` and
/// `so_far` are net and tax of what it bills, and of what was given back. All of it comes to
/// the tax that it bears, which need not be that of its sum.
pub(super) fn taxes_back(
    billed: (Decimal, Decimal),
    so_far: (Decimal, Decimal),
    nets: &[Decimal],
    digits: u32,
) -> Result<Vec<Decimal>, MoneyError> {
    let net = so_far.0 + nets.iter().sum::<Decimal>();
    let due = if net >= billed.0 {
        billed.1
    } else {
        share_of(billed.1, (net, billed.0), digits)?
    };
    Ok(parts(step(due, so_far.1), nets, digits))
}

/// `total` in parts as large as `nets`; all of it on the first if they come to nothing.
fn parts(total: Decimal, nets: &[Decimal], digits: u32) -> Vec<Decimal> {
    shared(total, nets, digits).unwrap_or_else(|| {
        let mut parts = vec![Decimal::ZERO; nets.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        parts
    })
}

/// What is left of an amount of which so many percent are kept back.
pub(super) fn less(amount: Decimal, percent: Decimal, digits: u32) -> Decimal {
    amount - rounded(amount * percent / Decimal::ONE_HUNDRED, digits)
}

#[cfg(test)]
mod tests;
