//! Of whom and how much is bought of something that runs out.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::purchasing::items::costs::UnitCost;
use crate::dealer::purchasing::items::model::SupplierItemRow;
use crate::dealer::purchasing::orders::lines::Wanted;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::reorder::service::Suggestion;
use crate::error::{AppError, AppResult};
use crate::kernel::quantity::{Amount, Measure, QuantityError, Rounding};
use crate::kernel::ratio::Ratio;

/// Why something that runs out was not ordered.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReorderLeftReason {
    /// No supplier in use is known to deliver it: say so by supplierItemSet.
    NoSupplier,
    /// Several deliver it, and none is preferred.
    NoPreferred,
}

/// Who delivers what, and who is in use.
pub struct Offers {
    /// Who delivers each product, the preferred one first.
    pub by_product: HashMap<ProductId, Vec<SupplierItemRow>>,
    /// The suppliers of whom something can be bought.
    pub in_use: BTreeSet<SupplierId>,
}

impl Offers {
    /// The one who is preferred, or the only one.
    pub fn best(&self, product: ProductId) -> Result<&SupplierItemRow, ReorderLeftReason> {
        let all = self.by_product.get(&product).map_or(&[][..], Vec::as_slice);
        let mut usable = all
            .iter()
            .filter(|item| self.in_use.contains(&item.supplier_id));
        // The preferred one stands first.
        let first = usable.next().ok_or(ReorderLeftReason::NoSupplier)?;
        if first.is_preferred || usable.next().is_none() {
            Ok(first)
        } else {
            Err(ReorderLeftReason::NoPreferred)
        }
    }
}

/// The line by which something that runs out is ordered: as much as somebody asked for, or
/// else what is suggested in whole units of the supplier's, and not less than he delivers.
pub(super) fn line(
    suggestion: &Suggestion,
    (item, asked): (&SupplierItemRow, Option<Asked>),
    measures: &Measures,
) -> AppResult<Wanted> {
    let product = suggestion.level.product_id;
    let asked = match asked {
        Some(asked) => asked,
        None => suggested(suggestion, item, measures)?,
    };
    let measure = measures.measure(product, asked.unit);
    let factor = measure.map_or(Ratio::ONE, |measure| measure.factor);
    let last = item.cost_per(factor, measures);
    let cost = last.or_else(|| {
        let here = UnitCost {
            cost: suggestion.level.balance().cost(),
            factor: Ratio::ONE,
        };
        here.per(factor)
    });
    Ok(Wanted {
        product,
        asked,
        factor,
        cost: cost.unwrap_or(Decimal::ZERO),
        expected_on: None,
    })
}

fn suggested(
    suggestion: &Suggestion,
    item: &SupplierItemRow,
    measures: &Measures,
) -> AppResult<Asked> {
    let product = suggestion.level.product_id;
    let goods = measures.goods(product);
    let base = goods.ok_or_else(|| AppError::internal(format!("{product} has vanished")))?;
    // His unit may be none of the product's any more.
    let own = measures.measure(product, item.unit_id);
    let (unit, measure, least) = if let Some(measure) = own {
        (item.unit_id, Some(measure), item.min_quantity)
    } else {
        let measure = measures.measure(product, base.base_unit);
        (base.base_unit, measure, Decimal::ZERO)
    };
    let measure = measure.ok_or_else(|| AppError::internal("a product without its base unit"))?;
    let amount = at_least(measure, suggestion.wanted(), least).map_err(AppError::internal)?;
    Ok(Asked { unit, amount })
}

/// The smallest amount that is not less than either.
fn at_least(measure: Measure, base: Decimal, least: Decimal) -> Result<Amount, QuantityError> {
    let value = measure.value_of(base)?.max(least);
    let amount = measure.amount(value, Rounding::Up)?;
    if amount.base >= base {
        return Ok(amount);
    }
    // Six decimals of the unit were a little less.
    let step = Decimal::new(1, measure.scale);
    measure.amount(amount.value + step, Rounding::Up)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(num: i64, den: i64, scale: u32) -> Measure {
        Measure {
            factor: Ratio::new(num, den).unwrap(),
            scale,
            base_scale: 0,
        }
    }

    fn bought(measure: Measure, base: i64, least: i64) -> (Decimal, Decimal) {
        let amount = at_least(measure, base.into(), least.into()).unwrap();
        (amount.value, amount.base)
    }

    #[test]
    fn whole_units_of_the_supplier_are_bought() {
        // Pallets of 40 bags.
        let pallet = measure(40, 1, 0);
        assert_eq!(bought(pallet, 90, 0), (3.into(), 120.into()));
        assert_eq!(bought(pallet, 80, 0), (2.into(), 80.into()));
        assert_eq!(bought(pallet, 80, 5), (5.into(), 200.into()));
    }

    #[test]
    fn never_less_than_is_lacking() {
        // 25/36 of a box is a square metre; a third of a truck is one.
        for (num, den) in [(25, 36), (1, 3), (10, 117), (50, 361)] {
            for base in 1..50 {
                let (_, got) = bought(measure(num, den, 4), base, 0);
                assert!(got >= base.into(), "{num}/{den} {base}");
            }
        }
    }
}
