//! Use cases of bulk operations: ordering and ending them.

use chrono::TimeDelta;

use super::events::BulkOperationEnded;
use super::export::Export;
use super::import::{Import, Ordered};
use super::input::{BulkExportStartInput, BulkImportStartInput, BulkOperationCancelInput};
use super::may::May;
use super::model::{
    BulkDirection, BulkFormat, BulkKind, BulkOnError, BulkOperationId, BulkOperationRow, BulkState,
};
use super::query::{self, End};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::files::{FileId, Files};
use crate::graphql::permit::Permission;
use crate::jobs::{JobOrder, Queue};
use crate::tenancy::TenantTx;

/// Most operations of a dealer that are not over.
const MOST_OPEN: i64 = 20;
/// How long it is kept what became of an operation.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Most old ones that go with a new one.
const PRUNED: i64 = 20;
/// How long an import's file is kept.
const INPUT_KEPT: TimeDelta = TimeDelta::days(7);

/// Orders an import.
pub async fn start_import(
    tx: &mut TenantTx,
    (files, queue): (&Files, &Queue),
    input: BulkImportStartInput,
) -> ServiceResult<BulkOperationRow> {
    permit(tx, input.kind.to_import())?;
    make_room(tx).await?;
    let until = tx.now() + INPUT_KEPT;
    let held = files.hold_until(tx, input.file_id, until).await?;
    let at_file = |code, message: &str| UserError::at(code, &["input", "fileId"], message);
    let file = held.ok_or_else(|| at_file(ErrorCode::NotFound, "there is no such file"))?;
    let format = BulkFormat::of(&file.content_type)
        .ok_or_else(|| at_file(ErrorCode::BadUserInput, "must be CSV or NDJSON"))?;
    let row = BulkOperationRow {
        direction: BulkDirection::Import,
        on_error: input.on_error,
        is_dry_run: input.dry_run,
        input_file_id: Some(file.id),
        input_size: file.size,
        ..new_row(tx, input.kind, format)
    };
    query::insert(tx, &row).await?;
    let ordered = Ordered {
        operation: row.id,
        may: May::of(input.kind, tx.context()),
    };
    let order = JobOrder::of::<Import>(&ordered)?.unique(&row.id.to_string());
    queue.enqueue(tx, &order).await?;
    Ok(row)
}

/// Orders an export.
pub async fn start_export(
    tx: &mut TenantTx,
    queue: &Queue,
    input: BulkExportStartInput,
) -> ServiceResult<BulkOperationRow> {
    permit(tx, input.kind.to_export())?;
    make_room(tx).await?;
    let row = new_row(tx, input.kind, input.format);
    query::insert(tx, &row).await?;
    let ordered = Ordered {
        operation: row.id,
        may: May::default(),
    };
    let order = JobOrder::of::<Export>(&ordered)?.unique(&row.id.to_string());
    queue.enqueue(tx, &order).await?;
    Ok(row)
}

/// Ends an operation before its time; what it has done stays.
pub async fn cancel(
    tx: &mut TenantTx,
    input: BulkOperationCancelInput,
) -> ServiceResult<BulkOperationRow> {
    let end = End::plain(BulkState::Cancelled);
    if let Some(row) = query::end(tx, input.id, end).await? {
        tx.emit(&BulkOperationEnded((&row).into()));
        return Ok(row);
    }
    let is_there = !query::find_many(tx, &[input.id]).await?.is_empty();
    let (code, message) = if is_there {
        (ErrorCode::NotAllowed, "the operation is over")
    } else {
        (ErrorCode::NotFound, "there is no such operation")
    };
    Err(UserError::at(code, &["input", "id"], message).into())
}

/// A file that shows somebody more than he could read is not written for him.
fn permit(tx: &TenantTx, needed: &[Permission]) -> ServiceResult<()> {
    let context = tx.context();
    let may = |permission: &Permission| context.permissions().contains(*permission);
    if context.customer().is_none() && needed.iter().all(may) {
        return Ok(());
    }
    let names: Vec<&str> = needed.iter().map(|needed| needed.as_str()).collect();
    let message = format!("this kind of record needs {}", names.join(" and "));
    Err(UserError::at(ErrorCode::Forbidden, &["input", "kind"], message).into())
}

async fn make_room(tx: &mut TenantTx) -> ServiceResult<()> {
    if query::count_open(tx).await? >= MOST_OPEN {
        let message = format!("{MOST_OPEN} operations are not over yet; wait for one, or end it");
        return Err(UserError::general(ErrorCode::LimitExceeded, message).into());
    }
    let before = tx.now() - KEPT;
    Ok(query::prune(tx, before, PRUNED).await?)
}

/// An export; an import says more.
fn new_row(tx: &TenantTx, kind: BulkKind, format: BulkFormat) -> BulkOperationRow {
    let user = tx.context().principal();
    BulkOperationRow {
        id: BulkOperationId::generate(),
        direction: BulkDirection::Export,
        kind,
        format,
        on_error: BulkOnError::Stop,
        is_dry_run: false,
        state: BulkState::Queued,
        message: None,
        input_file_id: None::<FileId>,
        input_size: 0,
        output_file_id: None,
        error_file_id: None,
        place: 0,
        line: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        failed: 0,
        written: 0,
        started_by: user.map(|user| user.user().uuid()),
        created_at: tx.now(),
        finished_at: None,
    }
}
