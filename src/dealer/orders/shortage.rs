//! What else there is where less is available than was ordered.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;

use super::model::OrderLineRow;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::availability::loader::StandingOf;
use crate::dealer::stock::availability::model::Standing;
use crate::dealer::stock::holds::reserve::Short;
use crate::dealer::stock::ledger::posting::Place;
use crate::error::{AppResult, UserError};
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

/// Promises that could not be made, as refusals with what is available instead: how many whole
/// units, in which other warehouses all of it, and from which day on.
pub(super) async fn refusals(
    tx: &mut TenantTx,
    lines: &[OrderLineRow],
    short: Vec<Short>,
) -> AppResult<Vec<UserError>> {
    let products: BTreeSet<_> = short.iter().map(|one| one.promise.place.0).collect();
    let keys: Vec<_> = products.into_iter().map(StandingOf).collect();
    let found = StandingOf::load_batch(tx, &keys).await?;
    let standings = found.into_iter().map(|(key, places)| (key.0, places));
    let standings: HashMap<ProductId, Vec<Standing>> = standings.collect();
    let refusal = |short: Short| {
        let line = lines
            .iter()
            .find(|line| short.document == Some(line.id.uuid()));
        let places = standings.get(&short.promise.place.0);
        told(&short, line, places.map_or(&[][..], Vec::as_slice))
    };
    short.into_iter().map(refusal).collect()
}

fn told(
    short: &Short,
    line: Option<&OrderLineRow>,
    standings: &[Standing],
) -> AppResult<UserError> {
    let mut error = short.refusal();
    let Some(available) = short.available else {
        return Ok(error);
    };
    let (place, wanted) = (short.promise.place, short.promise.asked.amount.base);
    error = error.with_detail("warehouseId", &place.1);
    if let Some(line) = line {
        let whole = line.in_unit(available.max(Decimal::ZERO))?.floor();
        error = error
            .with_detail("lineId", &line.id)
            .with_detail("wholeUnits", &whole.normalize());
    }
    let others = others(place, wanted, standings);
    if !others.is_empty() {
        error = error.with_detail("otherWarehouses", &json!(others));
    }
    let here = standings.iter().find(|one| one.warehouse == place.1);
    if let Some(day) = here.and_then(|here| day_of(here, wanted - available)) {
        error = error.with_detail("availableOn", &day);
    }
    Ok(error)
}

/// The other warehouses that have all of it, the one with the most first.
fn others(place: Place, wanted: Decimal, standings: &[Standing]) -> Vec<serde_json::Value> {
    let mut others: Vec<_> = standings
        .iter()
        .filter(|one| one.warehouse != place.1 && one.available() >= wanted)
        .collect();
    others.sort_by_key(|one| std::cmp::Reverse(one.available()));
    let other = |one: &Standing| {
        let available = one.available().normalize().to_string();
        json!({ "warehouseId": one.warehouse.to_string(), "available": available })
    };
    others.into_iter().map(other).collect()
}

/// The first day on which so much more will have come.
fn day_of(here: &Standing, lacking: Decimal) -> Option<NaiveDate> {
    let mut come = Decimal::ZERO;
    let days = here.incoming.iter();
    // What nobody knows the day of is not counted on.
    let mut days = days.filter_map(|(day, quantity)| Some(((*day)?, *quantity)));
    days.find_map(|(day, quantity)| {
        come += quantity;
        (come >= lacking).then_some(day)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dealer::stock::warehouses::model::WarehouseId;

    #[test]
    fn the_day_is_the_first_on_which_enough_has_come() {
        let mut here = Standing::nothing(WarehouseId::generate());
        let day = |day| NaiveDate::from_ymd_opt(2026, 12, day);
        for (due, quantity) in [(None, 100), (day(3), 5), (day(7), 20)] {
            here.incoming.insert(due, quantity.into());
        }
        assert_eq!(day_of(&here, 5.into()), day(3));
        assert_eq!(day_of(&here, 6.into()), day(7));
        assert_eq!(day_of(&here, 26.into()), None);
    }
}
