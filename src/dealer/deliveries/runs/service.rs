//! Use cases of runs: planning them.

use std::collections::BTreeSet;

use super::actions::DeliveryRunAction as Action;
use super::events::{
    DeliveryRunCancelled, DeliveryRunCreated, DeliveryRunFinished, DeliveryRunUpdated,
};
use super::input::{DeliveryRunCreateInput, DeliveryRunStepInput, DeliveryRunUpdateInput};
use super::model::{DeliveryRunChanges, DeliveryRunRow, DeliveryRunState as State};
use super::query;
use crate::dealer::calendar::{check_coming, check_day};
use crate::dealer::deliveries::model::{DeliveryId, DeliveryRunId};
use crate::dealer::deliveries::places;
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
    let day = (input.runs_on, tx.now());
    check_coming(&mut checks, &["input", "runsOn"], day);
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
    let moved = places::moved(tx, &row, &input.delivery_ids).await?;
    row.number = numbering::next(tx, DeliveryRunId::PREFIX).await?;
    query::insert(tx, &row).await?;
    places::write(tx, moved).await?;
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
    if let Some(ids) = input.delivery_ids {
        places::replace(tx, &row, &ids).await?;
    } else if row.runs_on != before.runs_on {
        places::follow_day(tx, &row).await?;
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
    let on_it = places::on_run(tx, row.id).await?;
    if let Some(message) = Action::Finish.hindered_by(on_it.iter()) {
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
    places::replace(tx, &row, &[]).await?;
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
