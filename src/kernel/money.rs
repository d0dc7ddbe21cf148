//! Amounts of money: exact until they are rounded, and rounded once.
//!
//! A price has up to four decimals and is per one of some unit; an amount has as many
//! decimals as its currency. What a line comes to is computed in whole numbers of any
//! length, so that timber priced per thousand board feet comes out to the cent. A total is
//! the sum of rounded lines, and tax is taken of each group of lines with one rate: what
//! stands on the paper adds up.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::ratio::Ratio;

/// Decimals a price is kept with.
pub const PRICE_DECIMALS: u32 = 4;
/// Decimals that a price times an amount of goods has at most: four and six.
const LINE_DECIMALS: u32 = 10;
/// The first amount that `numeric(18,4)` does not keep.
const TOO_MUCH: Decimal = Decimal::from_parts(276_447_232, 23_283, 0, false, 0);

/// Why there is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// More than is ever kept.
    #[error("the amount is too large")]
    TooLarge,
    /// A price with more than four decimals, or a quantity with more than six.
    #[error("a price has at most 4 decimals and a quantity at most 6")]
    TooFine,
}

/// Decimals of a currency by ISO 4217; two for one that is not known.
pub fn digits_of(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// An amount in full precision, with the decimals of its currency at least.
pub fn figures(amount: Decimal, currency: &str) -> String {
    let mut amount = amount.normalize();
    let digits = digits_of(currency).max(amount.scale());
    amount.rescale(digits);
    amount.to_string()
}

/// The same with its currency.
pub fn written(amount: Decimal, currency: &str) -> String {
    format!("{} {currency}", figures(amount, currency))
}

/// With so many decimals, halves away from zero.
pub fn rounded(amount: Decimal, digits: u32) -> Decimal {
    amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// `price` more or less `percent` of it, as a price.
pub fn changed_by(price: Decimal, percent: Decimal) -> Result<Decimal, MoneyError> {
    let part = percent_of(price, percent)?;
    let changed = price.checked_add(part).ok_or(MoneyError::TooLarge)?;
    Ok(rounded(changed, PRICE_DECIMALS))
}

/// What `base` base units come to at `price` for each `per` of them, rounded once. A
/// credit has a quantity below zero.
pub fn line_amount(
    price: Decimal,
    per: Ratio,
    base: Decimal,
    digits: u32,
) -> Result<Decimal, MoneyError> {
    let units = whole(price, PRICE_DECIMALS)?;
    let goods = whole(base, LINE_DECIMALS.saturating_sub(PRICE_DECIMALS))?;
    let product = units.checked_mul(goods).ok_or(MoneyError::TooLarge)?;
    let fine = LINE_DECIMALS.saturating_sub(digits.min(LINE_DECIMALS));
    let amount = scaled(product.unsigned_abs(), per, fine)?;
    let amount = Decimal::try_from_i128_with_scale(amount, digits);
    let mut amount = amount.map_err(|_| MoneyError::TooLarge)?;
    amount.set_sign_negative(product.is_negative() && !amount.is_zero());
    kept(amount)
}

/// What `base` base units come to at `(price, per)`, `discount` percent taken off, rounded once.
pub fn line_net(
    (price, per): (Decimal, Ratio),
    base: Decimal,
    discount: Decimal,
    digits: u32,
) -> Result<Decimal, MoneyError> {
    if discount.is_zero() {
        return line_amount(price, per, base, digits);
    }
    if discount >= Decimal::ONE_HUNDRED {
        return Ok(Decimal::ZERO);
    }
    // A price that is lower by so much is the same price for more of the goods.
    let more = whole(Decimal::ONE_HUNDRED, PRICE_DECIMALS)?;
    let left = whole(Decimal::ONE_HUNDRED - discount, PRICE_DECIMALS)?;
    let num = i128::from(per.num()).checked_mul(more);
    let den = i128::from(per.den()).checked_mul(left);
    let per = num.zip(den).and_then(|(num, den)| lowest(num, den));
    line_amount(price, per.ok_or(MoneyError::TooLarge)?, base, digits)
}

/// The fraction of two numbers above zero, if it fits.
fn lowest(num: i128, den: i128) -> Option<Ratio> {
    let (mut divisor, mut rest) = (num, den);
    while rest != 0 {
        (divisor, rest) = (rest, divisor.checked_rem(rest)?);
    }
    let num = i64::try_from(num.checked_div(divisor)?).ok()?;
    let den = i64::try_from(den.checked_div(divisor)?).ok()?;
    Ratio::new(num, den).ok()
}

/// `total` in parts as large as their weights, each with so many decimals: the parts add up
/// to the total, whatever rounding does to them. None if nothing weighs anything.
pub fn shared(total: Decimal, weights: &[Decimal], digits: u32) -> Option<Vec<Decimal>> {
    let whole = weights
        .iter()
        .copied()
        .try_fold(Decimal::ZERO, Decimal::checked_add)?;
    if whole <= Decimal::ZERO {
        return None;
    }
    let (mut weight, mut given) = (Decimal::ZERO, Decimal::ZERO);
    let mut parts = Vec::with_capacity(weights.len());
    for part in weights {
        weight += *part;
        // What all up to this one get, less what those before it got.
        let due = rounded(total.checked_mul(weight.checked_div(whole)?)?, digits);
        parts.push(due - given);
        given = due;
    }
    Some(parts)
}

/// The tax on an amount at a rate in percent, rounded once.
pub fn tax_of(net: Decimal, rate: Decimal, digits: u32) -> Result<Decimal, MoneyError> {
    kept(rounded(percent_of(net, rate)?, digits))
}

/// What lines with one tax rate come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxGroup {
    /// In percent.
    pub rate: Decimal,
    /// The sum of the lines.
    pub net: Decimal,
    /// The tax on that sum.
    pub tax: Decimal,
}

/// What a document comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// By rate, the lowest first.
    pub groups: Vec<TaxGroup>,
    /// The sum of all lines.
    pub net: Decimal,
    /// The sum of the taxes of the groups.
    pub tax: Decimal,
    /// Both together.
    pub gross: Decimal,
}

/// Adds up lines that are rounded already, each with its tax rate in percent.
pub fn totals(lines: &[(Decimal, Decimal)], digits: u32) -> Result<Totals, MoneyError> {
    let mut nets: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for (net, rate) in lines {
        let sum = nets.entry(rate.normalize()).or_default();
        *sum = sum.checked_add(*net).ok_or(MoneyError::TooLarge)?;
    }
    let group = |(rate, net): (Decimal, Decimal)| -> Result<TaxGroup, MoneyError> {
        let tax = tax_of(net, rate, digits)?;
        Ok(TaxGroup { rate, net, tax })
    };
    let groups = nets.into_iter().map(group).collect::<Result<Vec<_>, _>>()?;
    let net = sum(groups.iter().map(|group| group.net))?;
    let tax = sum(groups.iter().map(|group| group.tax))?;
    let gross = sum([net, tax])?;
    Ok(Totals {
        groups,
        net,
        tax,
        gross,
    })
}

fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Result<Decimal, MoneyError> {
    let mut amounts = amounts.into_iter();
    let total = amounts.try_fold(Decimal::ZERO, Decimal::checked_add);
    kept(total.ok_or(MoneyError::TooLarge)?)
}

/// Exact: an amount has 18 digits and a rate 7, and a decimal holds 28.
fn percent_of(amount: Decimal, percent: Decimal) -> Result<Decimal, MoneyError> {
    let product = amount.checked_mul(percent).ok_or(MoneyError::TooLarge)?;
    let hundred = Decimal::ONE_HUNDRED;
    product.checked_div(hundred).ok_or(MoneyError::TooLarge)
}

fn kept(amount: Decimal) -> Result<Decimal, MoneyError> {
    if amount.abs() < TOO_MUCH {
        Ok(amount)
    } else {
        Err(MoneyError::TooLarge)
    }
}

/// `value` in steps of so many decimals.
fn whole(value: Decimal, decimals: u32) -> Result<i128, MoneyError> {
    let value = kept(value)?.normalize();
    let missing = decimals
        .checked_sub(value.scale())
        .ok_or(MoneyError::TooFine)?;
    let steps = 10_i128.checked_pow(missing);
    let whole = steps.and_then(|steps| value.mantissa().checked_mul(steps));
    whole.ok_or(MoneyError::TooLarge)
}

/// `product / per / 10^fine` to the nearest whole number, halves up. The numerator of the
/// fraction has up to 190 bits, so it is divided digit by digit of base 2^64, first by the
/// numerator of `per`, then by the power of ten.
fn scaled(product: u128, per: Ratio, fine: u32) -> Result<i128, MoneyError> {
    let num = u128::from(per.num().unsigned_abs());
    let den = u128::from(per.den().unsigned_abs());
    let ten = 10_u128.checked_pow(fine).ok_or(MoneyError::TooLarge)?;
    let (first, rest) = divided(times(product, den), num);
    let (quotient, tenth) = divided(first, ten);
    // What is left over is (tenth * num + rest) / (num * ten).
    let left = tenth.saturating_mul(num).saturating_add(rest);
    let is_half = left.saturating_mul(2) >= num.saturating_mul(ten);
    let [high, middle, low] = quotient;
    if high > 0 {
        return Err(MoneyError::TooLarge);
    }
    let whole = (middle << 64) | low;
    let whole = whole.saturating_add(u128::from(is_half));
    i128::try_from(whole).map_err(|_| MoneyError::TooLarge)
}

const LOW: u128 = (1 << 64) - 1;

/// `a * b` for a `b` below 2^64, in digits of base 2^64, the highest first.
const fn times(a: u128, b: u128) -> [u128; 3] {
    let low = (a & LOW).saturating_mul(b);
    let high = (a >> 64).saturating_mul(b).saturating_add(low >> 64);
    [high >> 64, high & LOW, low & LOW]
}

/// Quotient and remainder for a divisor below 2^64.
fn divided(digits: [u128; 3], by: u128) -> ([u128; 3], u128) {
    let mut rest = 0;
    let quotient = digits.map(|digit| {
        let part = (rest << 64) | digit;
        rest = part % by;
        part / by
    });
    (quotient, rest)
}

#[cfg(test)]
mod tests;
