//! The rules that stand where a new one is to stand: with its holder, target and minimum.

use rust_decimal::Decimal;

use super::model::PriceRuleRow;
use super::query;
use super::service::OVERLAP;
use crate::dealer::catalog::products::loader::UnitsByProduct;
use crate::dealer::catalog::products::model::ProductUnitRow;
use crate::dealer::prices::quote::choose::in_base;
use crate::error::{AppResult, ErrorCode, Refusal, UserError};
use crate::graphql::loader::LoaderKey;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// The rules on the days of a new one that differ from it by their days alone. Minimums of a
/// product are compared in base units, which no constraint does.
pub(super) struct Alike {
    /// The one that holds on its first day.
    pub(super) present: Option<PriceRuleRow>,
    /// The one that begins later on its days, and goes on behind them.
    pub(super) later: Option<PriceRuleRow>,
    /// Whether yet another one begins later on its days.
    begins_within: bool,
}

impl Alike {
    /// Finds them. The holder is locked, so that no more come.
    pub(super) async fn find(tx: &mut TenantTx, new: &PriceRuleRow) -> AppResult<Self> {
        let mut rules = on_days_of(tx, new).await?;
        let begins_later = |rule: &mut PriceRuleRow| rule.valid_from > new.valid_from;
        let mut within: Vec<_> = rules.extract_if(.., begins_later).collect();
        let goes_on = |rule: &PriceRuleRow| rule.validity().rest_behind(new.validity()).is_some();
        let later = within.pop_if(|rule| goes_on(rule));
        // Two hold at once where the factor of a unit was changed: the one in the same unit is
        // meant.
        let in_its_unit = rules.iter().position(|rule| is_same(rule, new));
        let present = match in_its_unit {
            Some(place) => Some(rules.swap_remove(place)),
            None => rules.pop(),
        };
        Ok(Self {
            present,
            later,
            begins_within: !within.is_empty(),
        })
    }

    /// Refuses days on which another one begins.
    pub(super) fn refuse_overlap(&self) -> Result<(), Refusal> {
        if !self.begins_within {
            return Ok(());
        }
        let path = ["input", "validFrom"];
        Err(UserError::at(ErrorCode::AlreadyExists, &path, OVERLAP).into())
    }
}

/// The rules on the days of another one that differ from it by their days, and by what they say,
/// alone.
pub(super) async fn on_days_of(
    tx: &mut TenantTx,
    like: &PriceRuleRow,
) -> AppResult<Vec<PriceRuleRow>> {
    let mut rules = query::on_days_of(tx, like).await?;
    let units = units(tx, like, &rules).await?;
    rules.retain(|rule| is_alike(&units, rule, like));
    Ok(rules)
}

/// The units of the product, if minimums in different ones are to be compared. The products of a
/// category have none in common.
async fn units(
    tx: &mut TenantTx,
    new: &PriceRuleRow,
    rules: &[PriceRuleRow],
) -> AppResult<Vec<ProductUnitRow>> {
    let Some(product) = new.product_id else {
        return Ok(Vec::new());
    };
    let differs = |rule: &PriceRuleRow| {
        let has_minimums = !rule.min_quantity.is_zero() && !new.min_quantity.is_zero();
        has_minimums && rule.min_unit_id != new.min_unit_id
    };
    if !rules.iter().any(differs) {
        return Ok(Vec::new());
    }
    let key = UnitsByProduct(product);
    let found = UnitsByProduct::load_batch(tx, &[key]).await;
    found.map(|mut units| units.remove(&key).unwrap_or_default())
}

fn is_same(rule: &PriceRuleRow, new: &PriceRuleRow) -> bool {
    rule.min_quantity == new.min_quantity && rule.min_unit_id == new.min_unit_id
}

fn is_alike(units: &[ProductUnitRow], rule: &PriceRuleRow, new: &PriceRuleRow) -> bool {
    if rule.min_unit_id == new.min_unit_id {
        return rule.min_quantity == new.min_quantity;
    }
    let base = least(units, rule);
    new.product_id.is_some() && base.is_some() && base == least(units, new)
}

/// The minimum of a rule in base units; none if the product is not measured in its unit.
fn least(units: &[ProductUnitRow], rule: &PriceRuleRow) -> Option<Decimal> {
    let factor = match rule.min_unit_id {
        None => Ratio::ONE,
        Some(id) => {
            let unit = units.iter().find(|unit| unit.unit_id == id)?;
            Ratio::new(unit.num, unit.den).ok()?
        }
    };
    in_base(factor, rule.min_quantity)
}
