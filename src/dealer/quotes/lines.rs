//! The lines of quotes as rows: of an input, and of an earlier revision.

use super::input::QuoteLineInput;
use super::model::{QuoteLineId, QuoteLineRow, QuoteRow};
use crate::dealer::catalog::quantity::Asked;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::orders::input::SaleLineInput;
use crate::dealer::orders::model::SalePriceSource;
use crate::dealer::orders::price::{self, PricedLine};
use crate::error::{AppError, Refusal, ServiceResult, UserError};
use crate::graphql::scalars;
use crate::kernel::checks::Checks;
use crate::kernel::money::{Totals, digits_of, line_net, totals};
use crate::kernel::quantity::{Amount, Rounding};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Lines of an input, as those of any sale.
pub(super) fn as_sold(lines: &[QuoteLineInput]) -> Vec<SaleLineInput> {
    lines.iter().map(SaleLineInput::from).collect()
}

/// Notes what is wrong with lines by themselves.
pub(super) fn check(checks: &mut Checks, lines: &[SaleLineInput]) {
    price::check(checks, lines);
}

/// Lines that were checked, as rows of a quote, with the prices of today.
pub(super) async fn rows(
    tx: &mut TenantTx,
    quote: &QuoteRow,
    lines: &[SaleLineInput],
) -> ServiceResult<Vec<QuoteLineRow>> {
    let priced = price::priced(tx, (quote.customer_id, quote.job_id), lines).await?;
    let rows = priced.into_iter().enumerate();
    Ok(rows.map(|(at, line)| row(quote, at, line)).collect())
}

/// The lines of an earlier revision as those of another, as they are.
pub(super) fn copied(quote: &QuoteRow, lines: Vec<QuoteLineRow>) -> Vec<QuoteLineRow> {
    let copy = |line| QuoteLineRow {
        id: QuoteLineId::generate(),
        quote_id: quote.id,
        ..line
    };
    lines.into_iter().map(copy).collect()
}

/// As [`copied`], with the prices and taxes of today, apart from prices and discounts that
/// somebody has set. The field `path` asks for that.
pub(super) async fn renewed(
    tx: &mut TenantTx,
    quote: &QuoteRow,
    (lines, path): (Vec<QuoteLineRow>, &[&str]),
) -> ServiceResult<Vec<QuoteLineRow>> {
    let asked: Vec<_> = lines.iter().map(SaleLineInput::from).collect();
    let fresh = rows(tx, quote, &asked).await.map_err(|why| at(why, path))?;
    let digits = digits_of(&quote.currency);
    let kept = fresh.into_iter().zip(lines);
    kept.map(|(fresh, old)| keep(fresh, old, digits)).collect()
}

/// What is sold by a quote: its lines at its prices, with the taxes of today, by the ways that
/// are usual for the products. The field `path` names the quote.
pub(super) async fn to_sell(
    tx: &mut TenantTx,
    quote: &QuoteRow,
    (lines, path): (Vec<QuoteLineRow>, &[&str]),
) -> ServiceResult<Vec<PricedLine>> {
    // In base units, which every product has, whatever units it had when it was quoted.
    let asked = lines.iter().map(|line| SaleLineInput {
        quantity: QuantityInput {
            value: scalars::Decimal(line.quantity.normalize()),
            unit_id: None,
            rounding: Rounding::default(),
        },
        ..SaleLineInput::from(line)
    });
    let asked: Vec<_> = asked.collect();
    let buyer = (quote.customer_id, quote.job_id);
    let fresh = price::priced(tx, buyer, &asked).await;
    let fresh = fresh.map_err(|why| at(why, path))?;
    let sold = fresh.into_iter().zip(&lines);
    sold.map(|(fresh, line)| as_quoted(fresh, line)).collect()
}

/// What the lines come to.
pub(super) fn totals_of(lines: &[QuoteLineRow], currency: &str) -> ServiceResult<Totals> {
    let nets: Vec<_> = lines.iter().map(|line| (line.net, line.tax_rate)).collect();
    let totals = totals(&nets, digits_of(currency));
    totals.map_err(|error| {
        let mut checks = Checks::default();
        checks.fault(&["input", "lines"], error.to_string());
        checks
            .finish()
            .map_or_else(Refusal::from, |()| AppError::internal(error).into())
    })
}

fn row(quote: &QuoteRow, at: usize, line: PricedLine) -> QuoteLineRow {
    QuoteLineRow {
        id: QuoteLineId::generate(),
        quote_id: quote.id,
        customer_id: quote.customer_id,
        position: i32::try_from(at).unwrap_or(i32::MAX),
        product_id: line.product,
        unit_id: line.asked.unit,
        num: line.factor.num(),
        den: line.factor.den(),
        unit_quantity: line.asked.amount.value,
        quantity: line.asked.amount.base,
        unit_price: line.unit_price,
        price_unit_id: line.price_unit,
        price_num: line.price_factor.num(),
        price_den: line.price_factor.den(),
        price_source: line.price_source,
        price_rule_id: line.price_rule,
        price_reason: line.price_reason,
        discount: line.discount,
        net: line.net,
        tax_rate: line.tax_rate,
        note: line.note,
    }
}

fn as_quoted(mut fresh: PricedLine, line: &QuoteLineRow) -> ServiceResult<PricedLine> {
    let ratio = |num, den| Ratio::new(num, den).map_err(AppError::internal);
    fresh.asked = Asked {
        unit: line.unit_id,
        amount: Amount {
            value: line.unit_quantity,
            base: line.quantity,
        },
    };
    fresh.factor = ratio(line.num, line.den)?;
    fresh.unit_price = line.unit_price;
    fresh.price_unit = line.price_unit_id;
    fresh.price_factor = ratio(line.price_num, line.price_den)?;
    fresh.price_source = line.price_source;
    fresh.price_rule = line.price_rule_id;
    fresh.price_reason.clone_from(&line.price_reason);
    fresh.discount = line.discount;
    fresh.net = line.net;
    fresh.note.clone_from(&line.note);
    Ok(fresh)
}

/// A line as it is priced today, but for what somebody has set.
fn keep(fresh: QuoteLineRow, old: QuoteLineRow, digits: u32) -> ServiceResult<QuoteLineRow> {
    let is_set = old.price_source == SalePriceSource::Override;
    let kept = if is_set {
        QuoteLineRow {
            unit_price: old.unit_price,
            price_unit_id: old.price_unit_id,
            price_num: old.price_num,
            price_den: old.price_den,
            price_source: old.price_source,
            price_rule_id: None,
            ..fresh
        }
    } else {
        fresh
    };
    let per = Ratio::new(kept.price_num, kept.price_den).map_err(AppError::internal)?;
    let net = line_net((kept.unit_price, per), kept.quantity, old.discount, digits);
    Ok(QuoteLineRow {
        price_reason: old.price_reason,
        discount: old.discount,
        net: net.map_err(AppError::internal)?,
        ..kept
    })
}

/// The refusals of lines that nobody has sent, at the field that asks for them.
fn at(why: Refusal, path: &[&str]) -> Refusal {
    let Refusal::User(errors) = why else {
        return why;
    };
    let moved = errors.into_iter().map(|error| {
        let index = error.path.as_ref().and_then(|path| path.get(2)).cloned();
        let moved = UserError::at(error.code, path, error.message);
        index.map_or(moved.clone(), |index| moved.with_detail("line", &index))
    });
    Refusal::User(moved.collect())
}

impl From<&QuoteLineInput> for SaleLineInput {
    fn from(line: &QuoteLineInput) -> Self {
        Self {
            product_id: line.product_id,
            quantity: line.quantity.clone(),
            unit_price: line.unit_price,
            price_unit_id: line.price_unit_id,
            price_reason: line.price_reason.clone(),
            discount: line.discount,
            sourcing: None,
            warehouse_id: None,
            note: line.note.clone(),
        }
    }
}

/// What a line asks for, without a price.
impl From<&QuoteLineRow> for SaleLineInput {
    fn from(line: &QuoteLineRow) -> Self {
        Self {
            product_id: line.product_id,
            quantity: QuantityInput {
                value: scalars::Decimal(line.unit_quantity.normalize()),
                unit_id: Some(line.unit_id),
                rounding: Rounding::default(),
            },
            unit_price: None,
            price_unit_id: None,
            price_reason: None,
            discount: None,
            sourcing: None,
            warehouse_id: None,
            note: line.note.clone(),
        }
    }
}
