//! What the weighbridge says, as amounts.

use std::collections::HashMap;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::catalog::quantity::masses::per_kilogram;
use crate::error::AppResult;
use crate::kernel::checks::Checks;
use crate::kernel::quantity::{MOST_DECIMALS, TOO_MUCH};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// How products are measured and weighed.
pub(super) struct Scales {
    /// By their units.
    pub measures: Measures,
    /// Base units per kilogram, where a unit of mass says so.
    masses: HashMap<ProductId, Ratio>,
}

impl Scales {
    /// Of these products; one statement, or two where something was weighed.
    pub(super) async fn of(
        tx: &mut TenantTx,
        products: &[ProductId],
        is_weighed: bool,
    ) -> AppResult<Self> {
        let masses = if is_weighed {
            per_kilogram(tx, products).await?
        } else {
            HashMap::new()
        };
        Ok(Self {
            measures: Measures::of(tx, products).await?,
            masses,
        })
    }

    /// What so many kilograms of a product are in base units, to the decimals of the base unit;
    /// none if no unit of the product says. What is beyond all measure is the largest decimal.
    pub(super) fn weighed(
        &self,
        product: ProductId,
        weight: Decimal,
    ) -> AppResult<Option<Decimal>> {
        let Some(ratio) = self.masses.get(&product) else {
            return Ok(None);
        };
        let scale = self.measures.base_scale(product)?.min(MOST_DECIMALS);
        let half = RoundingStrategy::MidpointAwayFromZero;
        let base = ratio.to_base_rounded(weight, scale, half);
        Ok(Some(base.unwrap_or(Decimal::MAX)))
    }
}

/// Notes what is wrong with a weight by itself.
pub(super) fn check_weight(checks: &mut Checks, path: &[&str], weight: Decimal) {
    checks.quantity(path, weight, MOST_DECIMALS);
    checks.require(!weight.is_zero(), path, "must be above zero");
}

/// What may be handed over of goods that are weighed where so much is planned: a lorry is not
/// loaded to the kilogram.
pub(super) fn with_tenth(planned: Decimal) -> Decimal {
    let most = TOO_MUCH - Decimal::new(1, MOST_DECIMALS);
    (planned + planned / Decimal::TEN).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_more_is_exact() {
        assert_eq!(with_tenth(Decimal::new(25, 1)), Decimal::new(275, 2));
        let least = Decimal::new(1, 6);
        assert_eq!(with_tenth(least), Decimal::new(11, 7));
    }
}
