//! What was handed over of a delivery, as the input says.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::input::DeliveryConfirmLineInput;
use super::lines::weighed_and_counted;
use super::model::{DeliveryLineId, DeliveryLineRow};
use super::scales::{Scales, check_weight, with_tenth};
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Notes what is wrong with lines by themselves.
pub(super) fn check(checks: &mut Checks, lines: &[DeliveryConfirmLineInput]) {
    let fits = lines.len() <= MOST_LINES;
    checks.require(fits, &["input", "lines"], "may have at most 200 lines");
    let mut known = BTreeSet::new();
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let is_first = known.insert(line.line_id);
        checks.require(is_first, &path("lineId"), "is listed twice");
        if let Some(weight) = line.weight {
            check_weight(checks, &path("weight"), weight.0);
        }
        let says = line.quantity.is_some() || line.weight.is_some();
        checks.require(says, &path("quantity"), "give a quantity or a weight");
    }
}

/// What was handed over of each line, which keep their weights; all of it where the input does
/// not speak of a line.
pub(super) async fn amounts(
    tx: &mut TenantTx,
    lines: &mut [DeliveryLineRow],
    given: &[DeliveryConfirmLineInput],
) -> ServiceResult<Vec<Decimal>> {
    let mut amounts: Vec<Decimal> = lines.iter().map(|line| line.quantity).collect();
    if given.is_empty() {
        return Ok(amounts);
    }
    let places = lines
        .iter()
        .enumerate()
        .map(|(index, line)| (line.id, index));
    let places: BTreeMap<DeliveryLineId, usize> = places.collect();
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let is_weighed = given.iter().any(|line| line.weight.is_some());
    let scales = Scales::of(tx, &products, is_weighed).await?;
    let mut refused = Vec::new();
    for (index, given) in given.iter().enumerate() {
        let index = index.to_string();
        let place = places.get(&given.line_id).copied();
        let found = place.and_then(|place| lines.get_mut(place).zip(amounts.get_mut(place)));
        let Some((line, amount)) = found else {
            let path = ["input", "lines", index.as_str(), "lineId"];
            let message = "is no line of this delivery";
            refused.push(UserError::at(ErrorCode::NotFound, &path, message));
            continue;
        };
        line.weight = given.weight.map(|weight| weight.0);
        match one(&scales, line, (given, &index)) {
            Ok(handed) => *amount = handed,
            Err(Refusal::User(errors)) => refused.extend(errors),
            Err(fault) => return Err(fault),
        }
    }
    if refused.is_empty() {
        Ok(amounts)
    } else {
        Err(Refusal::User(refused))
    }
}

fn one(
    scales: &Scales,
    line: &DeliveryLineRow,
    (given, index): (&DeliveryConfirmLineInput, &str),
) -> ServiceResult<Decimal> {
    let path = |field: &'static str| ["input", "lines", index, field];
    let weighed = match line.weight {
        Some(weight) => scales.weighed(line.product_id, weight)?,
        None => None,
    };
    let (handed, most, at) = match (&given.quantity, weighed) {
        (Some(_), Some(_)) => return Err(weighed_and_counted(&path("quantity")).into()),
        (None, Some(handed)) => (handed, with_tenth(line.quantity), path("weight")),
        (Some(quantity), None) if quantity.value.0.is_zero() => return Ok(Decimal::ZERO),
        (Some(quantity), None) => {
            let (at_line, at) = (path("lineId"), path("quantity"));
            let product = (line.product_id, &at_line[..]);
            let asked = scales.measures.asked(product, (quantity, &at))?;
            (asked.amount.base, line.quantity, at)
        }
        // It was weighed, and the weight does not say how much it is.
        (None, None) => (line.quantity, line.quantity, path("quantity")),
    };
    if handed <= most {
        return Ok(handed);
    }
    let (open, handed) = (line.quantity.normalize(), handed.normalize());
    let message = format!("{open} base units were planned, {handed} are said to be handed over");
    let error = UserError::at(ErrorCode::OverDelivery, &at, message)
        .with_detail("lineId", &line.id)
        .with_detail("open", &open)
        .with_detail("requested", &handed);
    Err(error.into())
}
