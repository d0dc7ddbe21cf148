//! Promising the goods of orders, where they lie.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{OrderLineRow, OrderSourcing};
use super::shortage::refusals;
use crate::dealer::catalog::quantity::Asked;
use crate::dealer::stock::holds::model::{ReservationRow, ReservationSource};
use crate::dealer::stock::holds::reserve::{Promise, Short, keep, promise_on, use_on};
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::ledger::posting::Place;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::dealer::stock::warehouses::service::stocked;
use crate::error::{AppResult, Refusal, ServiceResult};
use crate::kernel::quantity::Amount;
use crate::tenancy::TenantTx;

/// What becomes of the goods of a line.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// The line's place among the order's.
    pub index: usize,
    /// How much more of it is promised; what was promised is given free if below zero.
    pub by: Decimal,
    /// The field that is at fault when there is less.
    pub path: Vec<String>,
}

/// Promises goods of lines, or gives them free, or refuses all and says what else there is. The
/// lines that leave their warehouse to the program get one. All levels are locked at once; as
/// many statements for one line as for two hundred.
pub(super) async fn turn(
    tx: &mut TenantTx,
    lines: &mut [OrderLineRow],
    turns: &[Turn],
) -> ServiceResult<()> {
    let turns: Vec<_> = turns
        .iter()
        .filter(|turn| is_stocked(lines, turn))
        .collect();
    if turns.is_empty() {
        return Ok(());
    }
    let is_any = turns.iter().any(|turn| {
        let line = lines.get(turn.index);
        line.is_some_and(|line| chooses(line, turn))
    });
    let stocked = if is_any {
        stocked(tx).await?
    } else {
        Vec::new()
    };
    let places = places(lines, &turns, &stocked);
    let mut levels = Levels::locked(tx, &places, &BTreeSet::new()).await?;
    free(tx, &mut levels, (&*lines, &turns)).await?;
    let (mut rows, mut short) = (Vec::new(), Vec::new());
    for turn in turns.iter().filter(|turn| turn.by > Decimal::ZERO) {
        let Some(line) = lines.get_mut(turn.index) else {
            continue;
        };
        if chooses(line, turn) {
            choose(&levels, line, (turn.by, &stocked))?;
        }
        let made = one(&mut levels, line, turn, tx.now())?;
        rows.extend(made.0);
        short.extend(made.1);
    }
    if !short.is_empty() {
        return Err(Refusal::User(refusals(tx, lines, short).await?));
    }
    levels.store(tx).await?;
    Ok(keep(tx, &rows).await?)
}

/// Gives free what lines do not need any more.
async fn free(
    tx: &mut TenantTx,
    levels: &mut Levels,
    (lines, turns): (&[OrderLineRow], &[&Turn]),
) -> ServiceResult<()> {
    let less = turns.iter().filter(|turn| turn.by < Decimal::ZERO);
    let uses = less.filter_map(|turn| Some((lines.get(turn.index)?.id.uuid(), -turn.by)));
    let uses: Vec<(Uuid, Decimal)> = uses.collect();
    use_on(tx, levels, &uses).await
}

type Made = (Vec<ReservationRow>, Vec<Short>);

fn one(
    levels: &mut Levels,
    line: &OrderLineRow,
    turn: &Turn,
    now: chrono::DateTime<chrono::Utc>,
) -> AppResult<Made> {
    let Some(place) = place(line) else {
        return Ok(Made::default());
    };
    let amount = Amount {
        value: line.in_unit(turn.by)?,
        base: turn.by,
    };
    let promise = Promise {
        place,
        asked: Asked {
            unit: line.unit_id,
            amount,
        },
        reason: None,
        path: turn.path.clone(),
    };
    let promises = vec![(Some(line.id.uuid()), promise)];
    let made = promise_on(levels, ReservationSource::Order, promises, now)?;
    Ok((made.rows, made.short))
}

/// Looks for the warehouse with the most of those that have enough; that which the line has
/// stays if there is none.
fn choose(
    levels: &Levels,
    line: &mut OrderLineRow,
    (wanted, stocked): (Decimal, &[WarehouseId]),
) -> AppResult<()> {
    let mut best: Option<(Decimal, WarehouseId)> = None;
    for warehouse in stocked {
        let available = levels.get((line.product_id, *warehouse))?.available();
        let is_more = best.is_none_or(|(most, _)| available > most);
        if available >= wanted && is_more {
            best = Some((available, *warehouse));
        }
    }
    line.warehouse_id = best.map(|(_, warehouse)| warehouse).or(line.warehouse_id);
    Ok(())
}

/// Whether there is something to promise or to give free.
fn is_stocked(lines: &[OrderLineRow], turn: &Turn) -> bool {
    let line = lines.get(turn.index);
    // What is ordered for a line is promised when it comes; it can be given free.
    let has_goods = line.is_some_and(|line| match line.sourcing {
        OrderSourcing::Stock => true,
        OrderSourcing::Special => turn.by < Decimal::ZERO,
        OrderSourcing::Direct | OrderSourcing::None => false,
    });
    has_goods && !turn.by.is_zero()
}

/// Whether a warehouse is looked for: of a line of which something is promised already, the rest
/// is promised beside it.
fn chooses(line: &OrderLineRow, turn: &Turn) -> bool {
    line.chooses_warehouse && turn.by > Decimal::ZERO && turn.by == line.wanted()
}

fn places(lines: &[OrderLineRow], turns: &[&Turn], stocked: &[WarehouseId]) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for turn in turns {
        let Some(line) = lines.get(turn.index) else {
            continue;
        };
        places.extend(place(line));
        if chooses(line, turn) {
            places.extend(
                stocked
                    .iter()
                    .map(|warehouse| (line.product_id, *warehouse)),
            );
        }
    }
    places
}

/// Where the goods of a line lie.
pub(super) fn place(line: &OrderLineRow) -> Option<Place> {
    Some((line.product_id, line.warehouse_id?))
}

/// Promises so much of the goods of lines, or as much of it as is available where they lie.
pub(super) async fn as_available(
    tx: &mut TenantTx,
    wanted: &[(OrderLineRow, Decimal)],
) -> ServiceResult<()> {
    let places: BTreeSet<_> = wanted.iter().filter_map(|(line, _)| place(line)).collect();
    if places.is_empty() {
        return Ok(());
    }
    let mut levels = Levels::locked(tx, &places, &BTreeSet::new()).await?;
    let mut rows = Vec::new();
    for (line, due) in wanted {
        let Some(place) = place(line) else { continue };
        let by = levels.get(place)?.available().min(*due);
        if by > Decimal::ZERO {
            let turn = Turn {
                index: 0,
                by,
                path: Vec::new(),
            };
            rows.extend(one(&mut levels, line, &turn, tx.now())?.0);
        }
    }
    levels.store(tx).await?;
    Ok(keep(tx, &rows).await?)
}
