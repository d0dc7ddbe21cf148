//! Which of the rules makes the price.

use std::cmp::Reverse;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::model::{Beaten, BeatenReason, BuyerFacts, Candidate, PriceSource, ProductFacts};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::prices::rules::model::{PriceMethod, PriceRuleId, PriceRuleRow};
use crate::kernel::money::changed_by;
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;

/// Rules that are told of beside the one that won.
const MOST_BEATEN: usize = 50;

/// What was chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What one of the unit costs.
    pub price: Decimal,
    /// The unit; none for the base unit.
    pub unit: Option<UnitId>,
    /// Base units per one of it.
    pub per: Ratio,
    /// Where it comes from.
    pub source: PriceSource,
    /// The rule that made it, if one did.
    pub rule: Option<PriceRuleRow>,
    /// The rules that did not, the strongest first.
    pub beaten: Vec<Beaten>,
}

/// A place in the order of rules: the least wins. Each part counts only where those before
/// it are alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    source: PriceSource,
    list: i32,
    target: usize,
    minimum: Reverse<Decimal>,
    start: Reverse<NaiveDate>,
    id: Reverse<PriceRuleId>,
}

impl Rank {
    /// Why a rule of this rank stands behind the one that won.
    fn behind(&self, won: &Self) -> BeatenReason {
        if self.source != won.source {
            BeatenReason::StrongerSource
        } else if self.list != won.list {
            BeatenReason::EarlierList
        } else if self.target != won.target {
            BeatenReason::NearerTarget
        } else if self.minimum != won.minimum {
            BeatenReason::HigherMinimum
        } else {
            BeatenReason::NewerStart
        }
    }
}

/// How many base units so many of a unit are, as they are kept.
pub fn in_base(factor: Ratio, quantity: Decimal) -> Option<Decimal> {
    let half = RoundingStrategy::MidpointAwayFromZero;
    factor.to_base_rounded(quantity, MOST_DECIMALS, half).ok()
}

/// The price of `base` base units of a product for a buyer, of all rules that might hold.
pub fn choose<'a>(
    product: &ProductFacts,
    buyer: &BuyerFacts,
    base: Decimal,
    candidates: impl IntoIterator<Item = &'a Candidate>,
) -> Chosen {
    let mut ranked: Vec<_> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let rank = rank(product, buyer, candidate)?;
            Some((rank, candidate, made(product, buyer, base, candidate)))
        })
        .collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0));
    let won = ranked.iter().find_map(|(rank, candidate, made)| {
        Some((
            rank.clone(),
            candidate.rule.id,
            made.as_ref().ok().copied()?,
        ))
    });
    let beaten = ranked.iter().filter_map(|(rank, candidate, made)| {
        let reason = match (made, &won) {
            (Err(reason), _) => *reason,
            (Ok(_), Some((first, id, _))) if *id != candidate.rule.id => rank.behind(first),
            (Ok(_), _) => return None,
        };
        let rule = candidate.rule.clone();
        Some(Beaten { rule, reason })
    });
    let beaten = beaten.take(MOST_BEATEN).collect();
    match won {
        Some((rank, id, (price, per))) => {
            let rule = ranked.iter().map(|(_, candidate, _)| &candidate.rule);
            let rule = rule.into_iter().find(|rule| rule.id == id).cloned();
            Chosen {
                price,
                unit: rule.as_ref().and_then(|rule| rule.unit_id),
                per,
                source: rank.source,
                rule,
                beaten,
            }
        }
        None => Chosen {
            price: product.list_price,
            unit: None,
            per: Ratio::ONE,
            source: PriceSource::ListPrice,
            rule: None,
            beaten,
        },
    }
}

/// Where a rule stands; none if it is not about this product, buyer and day.
fn rank(product: &ProductFacts, buyer: &BuyerFacts, candidate: &Candidate) -> Option<Rank> {
    let rule = &candidate.rule;
    if !rule.validity().holds(buyer.at) {
        return None;
    }
    let target = match (rule.product_id, rule.category_id) {
        (Some(id), _) => (id == product.product).then_some(0)?,
        (None, Some(category)) => {
            let mut above = product.categories.iter();
            above
                .position(|id| *id == category.uuid())?
                .saturating_add(1)
        }
        (None, None) => return None,
    };
    let (source, list) = source(buyer, candidate)?;
    let factor = product.factor(rule.min_unit_id);
    let minimum = factor.and_then(|factor| in_base(factor, rule.min_quantity));
    Some(Rank {
        source,
        list,
        target,
        minimum: Reverse(minimum.unwrap_or_default()),
        start: Reverse(rule.valid_from),
        id: Reverse(rule.id),
    })
}

fn source(buyer: &BuyerFacts, candidate: &Candidate) -> Option<(PriceSource, i32)> {
    let rule = &candidate.rule;
    if rule.job_id.is_some() {
        return (rule.job_id == buyer.job).then_some((PriceSource::JobRule, 0));
    }
    if rule.customer_id.is_some() {
        return (rule.customer_id == buyer.customer).then_some((PriceSource::CustomerRule, 0));
    }
    let Some(list) = &candidate.list else {
        return Some((PriceSource::CategoryRule, 0));
    };
    if buyer.job_list == Some(list.id) {
        return Some((PriceSource::PriceList, 0));
    }
    if buyer.customer_list == Some(list.id) {
        return Some((PriceSource::PriceList, 1));
    }
    let order = list.priority.saturating_neg();
    list.is_default
        .then_some((PriceSource::DefaultPriceList, order))
}

/// What a rule makes of the price of one of its unit, or why it makes none.
fn made(
    product: &ProductFacts,
    buyer: &BuyerFacts,
    base: Decimal,
    candidate: &Candidate,
) -> Result<(Decimal, Ratio), BeatenReason> {
    let rule = &candidate.rule;
    let is_valid = candidate
        .list
        .as_ref()
        .is_none_or(|list| list.holds(buyer.at));
    if !is_valid {
        return Err(BeatenReason::ListNotValid);
    }
    let unknown = BeatenReason::UnitUnknown;
    let factor = product.factor(rule.min_unit_id).ok_or(unknown)?;
    let least = in_base(factor, rule.min_quantity).ok_or(BeatenReason::QuantityNotReached)?;
    if base < least {
        return Err(BeatenReason::QuantityNotReached);
    }
    match rule.method {
        PriceMethod::Fixed => {
            let per = product.factor(rule.unit_id).ok_or(unknown)?;
            Ok((rule.value, per))
        }
        PriceMethod::ListMinus => percent(Some(product.list_price), -rule.value),
        PriceMethod::CostPlus => percent(product.cost, rule.value),
    }
}

fn percent(price: Option<Decimal>, percent: Decimal) -> Result<(Decimal, Ratio), BeatenReason> {
    let price = price.ok_or(BeatenReason::CostUnknown)?;
    // A cost that is too large to be marked up is none.
    let price = changed_by(price, percent).map_err(|_| BeatenReason::CostUnknown)?;
    Ok((price, Ratio::ONE))
}
