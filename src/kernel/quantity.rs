//! Amounts of goods, in the unit somebody asks for and in the unit they are kept in.
//!
//! A dealer keeps rebar by the bar and sells it by the kilo. What is asked for becomes
//! an amount in the base unit, exactly, or it is refused; it is rounded only when that is
//! asked for, and then up, so that twenty square metres of tiles become fourteen boxes
//! and never thirteen.

use rust_decimal::{Decimal, RoundingStrategy};

use super::ratio::{Ratio, RatioError};

/// Most decimals an amount is kept with.
pub const MOST_DECIMALS: u32 = 6;
/// The first amount that is too large to keep: `numeric(20, 6)` holds what is below.
pub const TOO_MUCH: Decimal = Decimal::from_parts(276_447_232, 23_283, 0, false, 0);

/// What becomes of an amount that is no whole number of the smallest steps.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[graphql(name = "QuantityRounding")]
pub enum Rounding {
    /// It is refused.
    #[default]
    Refuse,
    /// The next larger amount is taken: whole bags, whole boxes.
    Up,
}

/// A unit as one product is measured in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Base units per one of the unit.
    pub factor: Ratio,
    /// Decimals an amount in the unit may have.
    pub scale: u32,
    /// Decimals an amount in the base unit may have.
    pub base_scale: u32,
}

/// An amount in a unit, and the same in the base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How many of the unit.
    pub value: Decimal,
    /// How many base units: this is what counts.
    pub base: Decimal,
}

/// Why an amount is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing, or less than that.
    #[error("must be above zero")]
    NotPositive,
    /// More decimals than the unit has.
    #[error("may have at most {scale} decimals in this unit, or send rounding UP")]
    TooFine {
        /// Decimals the unit has.
        scale: u32,
    },
    /// Between two amounts that there are.
    #[error(
        "lies between {below} and {above} of the product's base unit; send one of these, or \
         rounding UP"
    )]
    Between {
        /// The amount below, in base units; may be zero.
        below: Decimal,
        /// The amount above, in base units.
        above: Decimal,
    },
    /// More than is ever kept.
    #[error("is too large")]
    TooLarge,
}

impl From<RatioError> for QuantityError {
    fn from(_error: RatioError) -> Self {
        Self::TooLarge
    }
}

impl Measure {
    /// The amount somebody asks for by `value` of the unit.
    pub fn amount(self, value: Decimal, rounding: Rounding) -> Result<Amount, QuantityError> {
        if value <= Decimal::ZERO {
            return Err(QuantityError::NotPositive);
        }
        let value = self.whole(value, rounding)?;
        let amount = match (self.stepped(value)?, rounding) {
            (Ok(base), _) => Amount { value, base },
            (Err((_below, above)), Rounding::Up) => Amount {
                value: self.value_of(above)?,
                base: above,
            },
            (Err((below, above)), Rounding::Refuse) => {
                return Err(QuantityError::Between { below, above });
            }
        };
        if amount.base >= TOO_MUCH || amount.value >= TOO_MUCH {
            return Err(QuantityError::TooLarge);
        }
        Ok(amount)
    }

    /// The value with the decimals of the unit.
    fn whole(self, value: Decimal, rounding: Rounding) -> Result<Decimal, QuantityError> {
        let whole = value.round_dp_with_strategy(self.scale, RoundingStrategy::AwayFromZero);
        if whole != value && rounding == Rounding::Refuse {
            return Err(QuantityError::TooFine { scale: self.scale });
        }
        Ok(whole.normalize())
    }

    /// How many of the unit `base` base units are, with at most six decimals.
    pub fn value_of(self, base: Decimal) -> Result<Decimal, QuantityError> {
        let half = RoundingStrategy::MidpointAwayFromZero;
        let value = self
            .factor
            .inverse()
            .to_base_rounded(base, MOST_DECIMALS, half)?;
        Ok(value.normalize())
    }

    /// `value` in base units, or else the steps below and above it.
    fn stepped(self, value: Decimal) -> Result<Result<Decimal, (Decimal, Decimal)>, QuantityError> {
        let scale = self.base_scale.min(MOST_DECIMALS);
        let below = self
            .factor
            .to_base_rounded(value, scale, RoundingStrategy::ToZero)?;
        if self.factor.is_exactly(value, below)? {
            return Ok(Ok(below));
        }
        let above = below
            .checked_add(Decimal::new(1, scale))
            .ok_or(QuantityError::TooLarge)?;
        Ok(Err((below, above.normalize())))
    }
}

#[cfg(test)]
mod tests;
