//! New prices from old ones.

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::input::PriceChangeInput;
use crate::dealer::catalog::products::model::ProductId;
use crate::kernel::checks::Checks;
use crate::kernel::hex;
use crate::kernel::money::{MoneyError, PRICE_DECIMALS, changed_by, rounded};

/// A product whose price is to change.
pub type Priced = (ProductId, Decimal);

/// How prices are to change, checked.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    by: By,
    step: Decimal,
}

#[derive(Clone, Copy, Debug)]
enum By {
    Percent(Decimal),
    Amount(Decimal),
}

impl Change {
    /// Reads the input below `path`.
    pub fn read(checks: &mut Checks, path: &[&str], input: &PriceChangeInput) -> Self {
        let at = |field: &'static str| [path, &[field]].concat();
        let by = match (input.percent, input.amount) {
            (Some(percent), None) => By::Percent(bounded(checks, &at("percent"), percent.0)),
            (None, Some(amount)) => By::Amount(bounded(checks, &at("amount"), amount.0)),
            _ => {
                let message = "name exactly one of percent and amount";
                checks.fault(&at("percent"), message);
                By::Percent(Decimal::ZERO)
            }
        };
        let finest = Decimal::new(1, PRICE_DECIMALS);
        let step = input.round_to.map_or(finest, |step| step.0);
        let is_fine = step >= finest && step.normalize().scale() <= PRICE_DECIMALS;
        let fits = is_fine && step < Decimal::from(100_000_000_000_000_i64);
        let message = "must be above zero, with at most 4 decimals";
        checks.require(fits, &at("roundTo"), message);
        Self { by, step }
    }

    /// The new price; none if it would be below zero or too large to keep.
    pub fn of(self, price: Decimal) -> Option<Decimal> {
        let changed = match self.by {
            By::Percent(percent) => changed_by(price, percent),
            By::Amount(amount) => price.checked_add(amount).ok_or(MoneyError::TooLarge),
        };
        let steps = rounded(changed.ok()?.checked_div(self.step)?, 0);
        let price = steps.checked_mul(self.step)?.normalize();
        let limit = Decimal::from(100_000_000_000_000_i64);
        (Decimal::ZERO <= price && price < limit).then_some(price)
    }

    /// What a preview of these prices is known by.
    pub fn token(self, prices: &[Priced]) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{:?} {}\n", self.by, self.step.normalize()));
        for (id, price) in prices {
            hash.update(format!("{id} {}\n", price.normalize()));
        }
        hex::encode(&hash.finalize())
    }
}

/// An amount of either sign that is kept with a price's decimals.
fn bounded(checks: &mut Checks, path: &[&str], value: Decimal) -> Decimal {
    checks.amount(path, value.abs());
    value.normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(by: By, step: &str) -> Change {
        Change {
            by,
            step: step.parse().unwrap(),
        }
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn prices_are_rounded_to_the_step() {
        for (by, step, old, new) in [
            (By::Percent(decimal("7.5")), "0.05", "12.30", "13.20"),
            (By::Percent(decimal("3")), "500", "105000", "108000"),
            (By::Amount(decimal("-0.3")), "0.5", "12.55", "12.5"),
            (By::Amount(decimal("0.00005")), "0.0001", "1", "1.0001"),
        ] {
            let price = change(by, step).of(decimal(old));
            assert_eq!(price, Some(decimal(new)), "{by:?} of {old}");
        }
        let less = change(By::Amount(decimal("-2")), "0.01");
        assert_eq!(less.of(decimal("1.99")), None);
    }

    #[test]
    fn a_token_stands_for_the_change_and_the_prices() {
        let change = change(By::Percent(decimal("5")), "1");
        let id = ProductId::generate();
        let token = change.token(&[(id, decimal("10.00"))]);
        assert_eq!(token, change.token(&[(id, decimal("10"))]));
        assert_ne!(token, change.token(&[(id, decimal("10.01"))]));
        assert_ne!(token, change.token(&[]));
    }
}
