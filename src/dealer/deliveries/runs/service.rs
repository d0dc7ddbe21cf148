//! Use cases of runs: planning them.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::DeliveryRunAction as Action;
use super::events::{
    DeliveryRunCancelled, DeliveryRunCreated, DeliveryRunFinished, DeliveryRunUpdated,
};
use super::input::{DeliveryRunCreateInput, DeliveryRunStepInput, DeliveryRunUpdateInput};
use super::model::{DeliveryRunChanges, DeliveryRunRow, DeliveryRunState as State};
use super::query;
use crate::dealer::calendar::check_day;
use crate::dealer::deliveries::events::DeliveryUpdated;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryRow, DeliveryRunId, DeliveryState};
use crate::dealer::deliveries::plan::{put_on, suits};
use crate::dealer::deliveries::query as deliveries;
use crate::dealer::numbering;
use crate::dealer::stock::warehouses::service::in_use;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::payload::{given, given_text};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most deliveries on a run.
const MOST_STOPS: usize = 200;

/// Plans a run; that its driver is a member has been looked at.
pub async fn create(
    tx: &mut TenantTx,
    input: DeliveryRunCreateInput,
) -> ServiceResult<DeliveryRunRow> {
    let mut checks = Checks::default();
    let truck = checks.text(&["input", "truck"], &input.truck, 1, 40);
    let note = checks.optional_text(&["input", "note"], input.note.as_deref(), 500);
    check_day(&mut checks, &["input", "runsOn"], input.runs_on);
    check_stops(&mut checks, &input.delivery_ids);
    checks.finish()?;
    in_use(tx, input.warehouse_id, &["input", "warehouseId"]).await?;
    let now = tx.now();
    let mut row = DeliveryRunRow {
        id: DeliveryRunId::generate(),
        number: 0,
        warehouse_id: input.warehouse_id,
        truck,
        driver: input.driver_id,
        runs_on: input.runs_on,
        state: State::Planned,
        note,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let stops = stops(tx, &row, &input.delivery_ids).await?;
    row.number = numbering::next(tx, DeliveryRunId::PREFIX).await?;
    query::insert(tx, &row).await?;
    place(tx, stops).await?;
    tx.emit(&DeliveryRunCreated((&row).into()));
    Ok(row)
}

/// Changes a run that has not begun; that its driver is a member has been looked at.
pub async fn update(
    tx: &mut TenantTx,
    input: DeliveryRunUpdateInput,
) -> ServiceResult<DeliveryRunRow> {
    let mut checks = Checks::default();
    let truck = input.truck.as_deref();
    let changes = DeliveryRunChanges {
        truck: truck.map(|truck| checks.text(&["input", "truck"], truck, 1, 40)),
        driver: given(input.driver_id),
        runs_on: input.runs_on,
        note: given_text(&mut checks, &["input", "note"], input.note, 500),
        ..DeliveryRunChanges::none(tx.now())
    };
    if let Some(day) = input.runs_on {
        check_day(&mut checks, &["input", "runsOn"], day);
    }
    check_stops(
        &mut checks,
        input.delivery_ids.as_deref().unwrap_or_default(),
    );
    checks.finish()?;
    let before = locked(tx, (input.id, input.expected_version), Action::Update).await?;
    let row = query::update(tx, before.id, changes).await?;
    let ids = waiting(tx, row.id).await?;
    if let Some(asked) = input.delivery_ids {
        // All at once, in the order of their ids: two runs may exchange deliveries.
        let all: BTreeSet<DeliveryId> = ids.iter().chain(&asked).copied().collect();
        deliveries::lock(tx, &all.into_iter().collect::<Vec<_>>()).await?;
        take_off(tx, (&ids, &asked)).await?;
        let stops = stops(tx, &row, &asked).await?;
        place(tx, stops).await?;
    } else if row.runs_on != before.runs_on {
        let stops = stops(tx, &row, &ids).await?;
        place(tx, stops).await?;
    }
    tx.emit(&DeliveryRunUpdated((&row).into()));
    Ok(row)
}

/// Ends a run all of whose deliveries were handed over or are back.
pub async fn finish(
    tx: &mut TenantTx,
    input: DeliveryRunStepInput,
) -> ServiceResult<DeliveryRunRow> {
    let key = (input.id, input.expected_version);
    let row = locked(tx, key, Action::Finish).await?;
    let on_it = deliveries::find_many_of_runs(tx, &[row.id]).await?;
    let mut out = on_it
        .iter()
        .filter(|delivery| delivery.state == DeliveryState::Dispatched);
    if let Some(delivery) = out.next() {
        let number = delivery.number;
        let message = format!("delivery {number} is on its way: confirm it, or say that it failed");
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    let row = query::update(tx, row.id, to(tx, State::Done)).await?;
    tx.emit(&DeliveryRunFinished((&row).into()));
    Ok(row)
}

/// Gives a run up that has not begun; its deliveries are taken off.
pub async fn cancel(
    tx: &mut TenantTx,
    input: DeliveryRunStepInput,
) -> ServiceResult<DeliveryRunRow> {
    let key = (input.id, input.expected_version);
    let row = locked(tx, key, Action::Cancel).await?;
    let ids = waiting(tx, row.id).await?;
    take_off(tx, (&ids, &[])).await?;
    let row = query::update(tx, row.id, to(tx, State::Cancelled)).await?;
    tx.emit(&DeliveryRunCancelled((&row).into()));
    Ok(row)
}

/// A run that has not begun, locked, for a delivery that names it.
pub async fn open(tx: &mut TenantTx, id: DeliveryRunId) -> ServiceResult<DeliveryRunRow> {
    let path = ["input", "runId"];
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such run");
    let row = query::lock(tx, id).await?.ok_or_else(missing)?;
    if row.state == State::Planned {
        return Ok(row);
    }
    let message = format!(
        "the run is {}: nothing is put on it or taken off",
        row.state.as_str()
    );
    Err(UserError::at(ErrorCode::NotAllowed, &path, message).into())
}

/// The run, locked, if its state lets it be treated so.
pub(super) async fn locked(
    tx: &mut TenantTx,
    (id, version): (DeliveryRunId, i32),
    action: Action,
) -> ServiceResult<DeliveryRunRow> {
    let missing = || {
        UserError::at(
            ErrorCode::NotFound,
            &["input", "id"],
            "there is no such run",
        )
    };
    let row = query::lock(tx, id).await?.ok_or_else(missing)?;
    if row.version != version {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(row.state, &["input", "id"])?;
    Ok(row)
}

/// Another state, now.
pub(super) fn to(tx: &TenantTx, state: State) -> DeliveryRunChanges {
    DeliveryRunChanges {
        state: Some(state),
        ..DeliveryRunChanges::none(tx.now())
    }
}

fn check_stops(checks: &mut Checks, ids: &[DeliveryId]) {
    let path = ["input", "deliveryIds"];
    let fits = ids.len() <= MOST_STOPS;
    checks.require(fits, &path, "may list at most 200 deliveries");
    let known: BTreeSet<_> = ids.iter().collect();
    checks.require(known.len() == ids.len(), &path, "lists a delivery twice");
}

/// These deliveries, locked, on the run in this order, unless one of them does not go with it.
async fn stops(
    tx: &mut TenantTx,
    run: &DeliveryRunRow,
    ids: &[DeliveryId],
) -> ServiceResult<Vec<DeliveryRow>> {
    let found = deliveries::lock(tx, ids).await?;
    let mut found: BTreeMap<_, _> = found.into_iter().map(|row| (row.id, row)).collect();
    let mut rows = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let index_text = index.to_string();
        let path = ["input", "deliveryIds", index_text.as_str()];
        let Some(mut row) = found.remove(id) else {
            let message = "there is no such delivery";
            return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
        };
        let place = i32::try_from(index + 1).unwrap_or(i32::MAX);
        row.planned_on = run.runs_on;
        let goes = suits(&row, run).map_err(|error| error.message);
        let here = row.state.is_here().then_some(()).ok_or_else(|| {
            let state = row.state.as_str();
            format!("a delivery that is {state} is put on no run")
        });
        if let Err(message) = here.and(goes) {
            return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
        }
        put_on(&mut row, run.id, place);
        rows.push(row);
    }
    Ok(rows)
}

/// Those of a run's deliveries that have not left, in the order of its stops.
async fn waiting(tx: &mut TenantTx, run: DeliveryRunId) -> ServiceResult<Vec<DeliveryId>> {
    let on_it = deliveries::find_many_of_runs(tx, &[run]).await?;
    let waiting = on_it.iter().filter(|row| row.state.is_here());
    Ok(waiting.map(|row| row.id).collect())
}

/// Takes those of a run's deliveries off that are not asked for and have not left.
async fn take_off(
    tx: &mut TenantTx,
    (ids, asked): (&[DeliveryId], &[DeliveryId]),
) -> ServiceResult<()> {
    let off: Vec<DeliveryId> = ids
        .iter()
        .filter(|id| !asked.contains(id))
        .copied()
        .collect();
    let mut rows = deliveries::lock(tx, &off).await?;
    rows.retain(|row| row.state.is_here());
    for row in &mut rows {
        (row.run_id, row.stop) = (None, None);
    }
    place(tx, rows).await
}

/// Writes where deliveries that are locked are from now on.
async fn place(tx: &mut TenantTx, mut rows: Vec<DeliveryRow>) -> ServiceResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    for row in &mut rows {
        row.version += 1;
        row.updated_at = row.updated_at.max(now);
        tx.emit(&DeliveryUpdated((&*row).into()));
    }
    Ok(deliveries::place(tx, rows).await?)
}
