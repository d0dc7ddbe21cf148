//! The surface of what a sale comes to.

use async_graphql::SimpleObject;

use crate::graphql::permit::open_to_all;
use crate::graphql::scalars::{Decimal, Money};
use crate::kernel::money::{TaxGroup, Totals};

/// What a sale comes to.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct SaleTotals {
    /// The sum of its lines, without tax.
    net: Money,
    /// The tax, reckoned once for each rate.
    tax: Money,
    /// Both together.
    gross: Money,
    /// By tax rate, the lowest first.
    rates: Vec<SaleTaxTotal>,
}

/// What the lines with one tax rate come to.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct SaleTaxTotal {
    /// In percent.
    rate: Decimal,
    /// The sum of the lines, without tax.
    net: Money,
    /// The tax on that sum.
    tax: Money,
}

impl SaleTotals {
    /// Totals in a currency.
    pub fn new(totals: &Totals, currency: &str) -> Self {
        let money = |amount| Money {
            amount: Decimal(amount),
            currency: currency.to_owned(),
        };
        let rates = totals.groups.iter();
        let rates = rates.map(|group| SaleTaxTotal::new(*group, currency));
        Self {
            rates: rates.collect(),
            net: money(totals.net),
            tax: money(totals.tax),
            gross: money(totals.gross),
        }
    }
}

impl SaleTaxTotal {
    /// The total of a group in a currency.
    pub fn new(group: TaxGroup, currency: &str) -> Self {
        let money = |amount| Money {
            amount: Decimal(amount),
            currency: currency.to_owned(),
        };
        Self {
            rate: Decimal(group.rate.normalize()),
            net: money(group.net),
            tax: money(group.tax),
        }
    }
}
