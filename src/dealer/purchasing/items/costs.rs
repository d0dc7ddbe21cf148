//! What goods have cost last, in whatever unit they were bought.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::model::SupplierItemRow;
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::kernel::money::{PRICE_DECIMALS, rounded};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// What one of a unit costs.
#[derive(Clone, Copy, Debug)]
pub struct UnitCost {
    /// How much.
    pub cost: Decimal,
    /// Base units per one of the unit.
    pub factor: Ratio,
}

impl UnitCost {
    /// What one of another unit of the product costs, as a price; none if that is larger
    /// than any that is kept.
    pub fn per(self, factor: Ratio) -> Option<Decimal> {
        if factor == self.factor {
            return Some(self.cost);
        }
        let more = self.cost.checked_mul(factor.num().into())?;
        let more = more.checked_mul(self.factor.den().into())?;
        let less = Decimal::from(factor.den()).checked_mul(self.factor.num().into())?;
        let cost = more.checked_div(less)?;
        // 14 digits before the point are what a price is kept with.
        let fits = cost < Decimal::from(100_000_000_000_000_i64);
        fits.then(|| rounded(cost, PRICE_DECIMALS))
    }
}

impl SupplierItemRow {
    /// What one of a unit of the product has cost last; none if that is not known.
    pub fn cost_per(&self, factor: Ratio, measures: &Measures) -> Option<Decimal> {
        let own = measures.measure(self.product_id, self.unit_id)?;
        let last = UnitCost {
            cost: self.last_cost?,
            factor: own.factor,
        };
        last.per(factor)
    }
}

/// Writes down what a supplier has just taken for products that he is known to deliver.
pub async fn learn(
    tx: &mut TenantTx,
    supplier: SupplierId,
    (taken, measures): (&BTreeMap<ProductId, UnitCost>, &Measures),
) -> DbResult<()> {
    let products: Vec<_> = taken.keys().copied().collect();
    let mut items = query::lock_of_supplier(tx, supplier, &products).await?;
    let now = tx.now();
    for item in &mut items {
        let unit = measures.measure(item.product_id, item.unit_id);
        let cost = taken.get(&item.product_id).zip(unit);
        let cost = cost.and_then(|(taken, unit)| taken.per(unit.factor));
        item.last_cost = cost.or(item.last_cost);
        item.version += 1;
        item.updated_at = now;
    }
    if items.is_empty() {
        return Ok(());
    }
    query::store_costs(tx, items).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(num: i64, den: i64) -> Ratio {
        Ratio::new(num, den).unwrap()
    }

    #[test]
    fn a_cost_in_one_unit_is_one_in_another() {
        // A tonne of 20 bags at 90; a bag; 40 bags on a pallet.
        let tonne = UnitCost {
            cost: 90.into(),
            factor: ratio(20, 1),
        };
        assert_eq!(tonne.per(Ratio::ONE), Some(Decimal::new(45, 1)));
        assert_eq!(tonne.per(ratio(40, 1)), Some(180.into()));
        assert_eq!(tonne.per(tonne.factor), Some(90.into()));
        let thirds = UnitCost {
            cost: 1.into(),
            factor: ratio(3, 1),
        };
        assert_eq!(thirds.per(Ratio::ONE), Some(Decimal::new(3333, 4)));
    }

    #[test]
    fn what_is_too_large_is_none() {
        let much = UnitCost {
            cost: Decimal::from(99_999_999_999_999_i64),
            factor: Ratio::ONE,
        };
        assert_eq!(much.per(ratio(2, 1)), None);
        assert_eq!(much.per(ratio(i64::MAX, 1)), None);
    }
}
