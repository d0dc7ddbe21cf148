//! Where deliveries are on the ways of trucks: what runs ask of them.

use std::collections::{BTreeMap, BTreeSet};

use super::events::DeliveryUpdated;
use super::model::{DeliveryId, DeliveryRow, DeliveryRunId};
use super::plan::{put_on, suits};
use super::query;
use super::runs::model::DeliveryRunRow;
use crate::db::error::DbResult;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// The deliveries of a run, in the order of its stops.
pub(super) async fn on_run(tx: &mut TenantTx, run: DeliveryRunId) -> DbResult<Vec<DeliveryRow>> {
    query::find_many_of_runs(tx, &[run]).await
}

/// Puts exactly these deliveries on a run that is locked, in this order; those that were on it
/// and have not left are taken off.
pub(super) async fn replace(
    tx: &mut TenantTx,
    run: &DeliveryRunRow,
    ids: &[DeliveryId],
) -> ServiceResult<()> {
    let moved = moved(tx, run, ids).await?;
    write(tx, moved).await
}

/// As [`replace`], without writing it: deliveries, locked, where they are to be.
pub(super) async fn moved(
    tx: &mut TenantTx,
    run: &DeliveryRunRow,
    ids: &[DeliveryId],
) -> ServiceResult<Vec<DeliveryRow>> {
    let waiting = waiting(tx, run.id).await?;
    // All at once, in the order of their ids: two runs may exchange deliveries.
    let all: BTreeSet<DeliveryId> = waiting.iter().chain(ids).copied().collect();
    let rows = query::lock(tx, &all.into_iter().collect::<Vec<_>>()).await?;
    let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut moved = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        moved.push(at_stop(run, (index, *id), rows.remove(id))?);
    }
    let stays = |row: &DeliveryRow| row.run_id != Some(run.id) || !row.state.is_here();
    for mut row in rows.into_values().filter(|row| !stays(row)) {
        (row.run_id, row.stop) = (None, None);
        moved.push(row);
    }
    Ok(moved)
}

/// Brings the deliveries of a run that is locked to its day.
pub(super) async fn follow_day(tx: &mut TenantTx, run: &DeliveryRunRow) -> ServiceResult<()> {
    let ids = waiting(tx, run.id).await?;
    replace(tx, run, &ids).await
}

/// Those of a run's deliveries that have not left, in the order of its stops.
async fn waiting(tx: &mut TenantTx, run: DeliveryRunId) -> DbResult<Vec<DeliveryId>> {
    let rows = on_run(tx, run).await?;
    let waiting = rows.iter().filter(|row| row.state.is_here());
    Ok(waiting.map(|row| row.id).collect())
}

/// A delivery on a run at a place, unless it does not go with it.
fn at_stop(
    run: &DeliveryRunRow,
    (index, id): (usize, DeliveryId),
    found: Option<DeliveryRow>,
) -> Result<DeliveryRow, UserError> {
    let position = index.to_string();
    let path = ["input", "deliveryIds", position.as_str()];
    let refused = |code, message: String| UserError::at(code, &path, message);
    let Some(mut row) = found else {
        let message = format!("there is no delivery {id}");
        return Err(refused(ErrorCode::NotFound, message));
    };
    if !row.state.is_here() {
        let state = row.state.as_str();
        let message = format!("a delivery that is {state} is put on no run");
        return Err(refused(ErrorCode::NotAllowed, message));
    }
    row.planned_on = run.runs_on;
    suits(&row, run).map_err(|error| refused(ErrorCode::NotAllowed, error.message))?;
    put_on(
        &mut row,
        run.id,
        i32::try_from(index + 1).unwrap_or(i32::MAX),
    );
    Ok(row)
}

/// Writes where deliveries that are locked are from now on, and tells of it.
pub(super) async fn write(tx: &mut TenantTx, mut rows: Vec<DeliveryRow>) -> ServiceResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    for row in &mut rows {
        row.version += 1;
        row.updated_at = row.updated_at.max(now);
        tx.emit(&DeliveryUpdated((&*row).into()));
    }
    Ok(query::place(tx, rows).await?)
}
