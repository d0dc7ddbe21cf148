//! Exact unit factors: how many base units one of a unit is, as a fraction.
//!
//! A bar of rebar is 11.7 m, so one metre is 10/117 of a bar; no decimal says
//! that. Factors are therefore integers num/den, and a conversion either comes
//! out exactly or says that it does not; rounding is always asked for.

use std::cmp::Ordering;

use rust_decimal::{Decimal, RoundingStrategy};

/// A positive fraction in lowest terms: base units per one of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i64,
    den: i64,
}

/// Why a conversion has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RatioError {
    /// Numerator and denominator must both be above zero.
    #[error("a unit factor needs a numerator and a denominator above zero")]
    NotPositive,
    /// The result has more digits than a decimal holds.
    #[error("the quantity is too large to convert")]
    Overflow,
    /// The result is not a finite decimal, for instance 1/3.
    #[error("the quantity does not convert to an exact decimal")]
    NotExact,
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let wide = |a: i64, b: i64| i128::from(a).saturating_mul(i128::from(b));
        wide(self.num, other.den).cmp(&wide(other.num, self.den))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ratio {
    /// One to one: the base unit itself.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The fraction num/den, brought to lowest terms.
    pub const fn new(num: i64, den: i64) -> Result<Self, RatioError> {
        if num <= 0 || den <= 0 {
            return Err(RatioError::NotPositive);
        }
        let divisor = gcd(num, den);
        Ok(Self {
            num: num / divisor,
            den: den / divisor,
        })
    }

    /// Numerator in lowest terms.
    pub const fn num(self) -> i64 {
        self.num
    }

    /// Denominator in lowest terms.
    pub const fn den(self) -> i64 {
        self.den
    }

    /// The factor of the opposite direction.
    pub const fn inverse(self) -> Self {
        Self {
            num: self.den,
            den: self.num,
        }
    }

    /// `quantity` of the unit in base units, if that is a finite decimal.
    pub fn to_base(self, quantity: Decimal) -> Result<Decimal, RatioError> {
        let (product, den) = self.scaled(quantity)?;
        let quotient = product.checked_div(den).ok_or(RatioError::Overflow)?;
        if self.is_exactly(quantity, quotient)? {
            Ok(quotient.normalize())
        } else {
            Err(RatioError::NotExact)
        }
    }

    /// Whether `quantity` of the unit is this much in base units, to the last digit.
    pub fn is_exactly(self, quantity: Decimal, base: Decimal) -> Result<bool, RatioError> {
        let (product, den) = self.scaled(quantity)?;
        let back = base.checked_mul(den).ok_or(RatioError::Overflow)?;
        Ok(back == product)
    }

    /// `quantity` of the unit in base units, rounded to `scale` decimals.
    pub fn to_base_rounded(
        self,
        quantity: Decimal,
        scale: u32,
        rounding: RoundingStrategy,
    ) -> Result<Decimal, RatioError> {
        let (product, den) = self.scaled(quantity)?;
        let quotient = product.checked_div(den).ok_or(RatioError::Overflow)?;
        Ok(quotient.round_dp_with_strategy(scale, rounding).normalize())
    }

    fn scaled(self, quantity: Decimal) -> Result<(Decimal, Decimal), RatioError> {
        let product = quantity
            .checked_mul(Decimal::from(self.num))
            .ok_or(RatioError::Overflow)?;
        Ok((product, Decimal::from(self.den)))
    }
}

const fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn lowest_terms() {
        let ratio = Ratio::new(100_000, 722).unwrap();
        assert_eq!((ratio.num(), ratio.den()), (50_000, 361));
        assert_eq!(Ratio::new(0, 1), Err(RatioError::NotPositive));
        assert_eq!(Ratio::new(1, -1), Err(RatioError::NotPositive));
    }

    #[test]
    fn a_tonne_of_cement_is_twenty_bags() {
        let tonne = Ratio::new(20, 1).unwrap();
        assert_eq!(tonne.to_base(decimal("1.5")), Ok(decimal("30")));
    }

    #[test]
    fn thirds_are_refused_unless_rounding_is_asked_for() {
        let cubic_metre = Ratio::new(250, 3).unwrap();
        assert_eq!(cubic_metre.to_base(Decimal::ONE), Err(RatioError::NotExact));
        assert_eq!(cubic_metre.to_base(Decimal::from(3)), Ok(decimal("250")));
        assert_eq!(
            cubic_metre.to_base_rounded(Decimal::ONE, 0, RoundingStrategy::AwayFromZero),
            Ok(decimal("84"))
        );
    }

    #[test]
    fn twenty_square_metres_of_tile_are_fourteen_boxes() {
        let square_metre = Ratio::new(25, 36).unwrap();
        assert_eq!(
            square_metre.to_base_rounded(Decimal::from(20), 0, RoundingStrategy::AwayFromZero),
            Ok(Decimal::from(14))
        );
    }

    #[test]
    fn there_and_back_is_the_same() {
        let bar = Ratio::new(50, 361).unwrap();
        let kilograms = decimal("722");
        let bars = bar.to_base(kilograms).unwrap();
        assert_eq!(bar.inverse().to_base(bars), Ok(kilograms));
    }

    #[test]
    fn too_large_is_said() {
        let ratio = Ratio::new(i64::MAX, 1).unwrap();
        assert_eq!(ratio.to_base(Decimal::MAX), Err(RatioError::Overflow));
    }

    #[test]
    fn fractions_have_an_exact_order() {
        let ratio = |num, den| Ratio::new(num, den).unwrap();
        let mut factors = [
            ratio(20, 1),
            ratio(10, 117),
            Ratio::ONE,
            ratio(250, 3),
            ratio(1, 3),
        ];
        factors.sort_unstable();
        assert_eq!(
            factors,
            [
                ratio(10, 117),
                ratio(1, 3),
                Ratio::ONE,
                ratio(20, 1),
                ratio(250, 3)
            ]
        );
        assert!(ratio(i64::MAX, i64::MAX - 1) > Ratio::ONE);
    }
}
