//! Beginning and ending operations, and what is told of them.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream;

use super::events::{BulkOperationAdvanced, BulkOperationEnded};
use super::model::{BulkErrorRow, BulkFormat, BulkOperationId, BulkOperationRow, BulkState};
use super::query::{self, End};
use crate::dealer::bulk::batch::NOTED;
use crate::error::{AppError, AppResult};
use crate::files::{Arrived, Depot};
use crate::jobs::{JobContext, JobError, JobResult};
use crate::tenancy::{Access, TenantTx};

/// How long the files of an operation are kept.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Until when a file is kept that is written now.
pub(super) fn kept_until(tx: &TenantTx) -> DateTime<Utc> {
    tx.now() + KEPT
}

/// Puts an operation to work; none if it is over.
pub(super) async fn begin(
    job: &JobContext,
    id: BulkOperationId,
) -> Result<Option<BulkOperationRow>, JobError> {
    let mut tx = job.begin(Access::Write).await?;
    let row = query::begin(&mut tx, id).await?;
    if let Some(row) = &row {
        tx.emit(&BulkOperationAdvanced(row.into()));
    }
    tx.commit().await?;
    Ok(row)
}

/// Ends an operation with the transaction.
pub(super) async fn end(mut tx: TenantTx, id: BulkOperationId, end: End) -> JobResult {
    if let Some(row) = query::end(&mut tx, id, end).await? {
        tx.emit(&BulkOperationEnded((&row).into()));
    }
    Ok(tx.commit().await?)
}

/// Says why an operation can not be done, if it can not: the job has done all there was
/// to do. What may pass is tried again, and ended by its heir when it has died.
pub(super) async fn given_up(
    job: &JobContext,
    id: BulkOperationId,
    result: JobResult,
) -> JobResult {
    let Err(JobError::Never(message)) = result else {
        return result;
    };
    let failed = End {
        message: Some(message),
        ..End::plain(BulkState::Failed)
    };
    let tx = job.begin(Access::Write).await?;
    end(tx, id, failed).await
}

/// The faults of an import as a file, if there are any.
pub(super) async fn error_file(
    depot: &Depot,
    job: &JobContext,
    row: &BulkOperationRow,
) -> Result<Option<Arrived>, JobError> {
    if row.failed == 0 {
        return Ok(None);
    }
    let mut tx = job.begin(Access::Read).await?;
    let errors = query::errors(&mut tx, &[row.id], (0, NOTED)).await?;
    tx.release();
    let text = written(errors)?;
    let pieces = stream::iter([AppResult::Ok(text)]);
    let name = format!("errors of {}.csv", row.id);
    let made = depot
        .make(job, (&name, BulkFormat::Csv.file()), pieces)
        .await?;
    Ok(Some(made))
}

fn written(errors: Vec<BulkErrorRow>) -> AppResult<Bytes> {
    use super::cell::Cell;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let header = csv.write_record(["line", "field", "code", "message"]);
    header.map_err(AppError::internal)?;
    for error in errors {
        let line = error.line.to_string();
        let field = Cell::optional(error.field).csv();
        let message = Cell::Text(error.message).csv();
        let written = csv.write_record([&line, &field, &error.code, &message]);
        written.map_err(AppError::internal)?;
    }
    let text = csv
        .into_inner()
        .map_err(|error| AppError::internal(error.to_string()))?;
    Ok(text.into())
}
