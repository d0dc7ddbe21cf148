//! The job of an export.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use futures_util::{Stream, stream};

use super::cell::Cell;
use super::import::{LIMITS, Ordered};
use super::model::{BulkFormat, BulkKind, BulkOperationId, BulkOperationRow, BulkState};
use super::query::{self, End};
use super::report;
use super::sheets::{self, After};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::files::Depot;
use crate::jobs::{JobContext, JobError, JobKind, JobResult, Limits};
use crate::tenancy::{Access, TenantTx};

/// Records of one statement.
const AT_ONCE: i64 = 1000;

/// Writes records of the shop, as they are at one moment, into a file. Killed, it begins
/// anew.
pub struct Export {
    /// Where files lie.
    pub depot: Depot,
}

impl JobKind for Export {
    const NAME: &'static str = "bulk.export";
    const LIMITS: Limits = LIMITS;
    type Payload = Ordered;

    async fn run(&self, job: JobContext, ordered: Ordered) -> JobResult {
        let result = self.export(&job, ordered.operation).await;
        report::given_up(&job, ordered.operation, result).await
    }
}

impl Export {
    async fn export(&self, job: &JobContext, id: BulkOperationId) -> JobResult {
        let Some(row) = report::begin(job, id).await? else {
            return Ok(());
        };
        let written = Arc::new(AtomicI64::new(0));
        // Not in the future of the job, which it would swell.
        let pieces = Box::pin(pieces(job, &row, Arc::clone(&written)));
        let name = format!(
            "{}.{}",
            row.kind.as_str().to_lowercase(),
            ending(row.format)
        );
        let file = (name.as_str(), row.format.file());
        let made = self.depot.make(job, file, pieces).await?;
        let mut tx = job.begin(Access::Write).await?;
        let until = report::kept_until(&tx);
        let file = self.depot.keep(&mut tx, job.queue(), &made, until).await?;
        if !query::count_written(&mut tx, id, written.load(Ordering::Relaxed)).await? {
            // Somebody has ended it; the file goes when its time is over.
            tx.rollback().await?;
            return Ok(());
        }
        let done = End {
            output: Some(file.id),
            ..End::plain(BulkState::Done)
        };
        report::end(tx, id, done).await
    }
}

fn ending(format: BulkFormat) -> &'static str {
    format.file().endings().first().copied().unwrap_or_default()
}

/// Where an export stands.
struct Reading<'j> {
    job: &'j JobContext,
    /// Begun with the first page: while the file is announced, this job must not keep a
    /// connection from others.
    tx: Option<TenantTx>,
    kind: BulkKind,
    format: BulkFormat,
    after: Option<After>,
    written: Arc<AtomicI64>,
}

/// The content, page by page, all of one snapshot.
fn pieces<'j>(
    job: &'j JobContext,
    row: &BulkOperationRow,
    written: Arc<AtomicI64>,
) -> impl Stream<Item = AppResult<Bytes>> + use<'j> {
    let reading = Reading {
        job,
        tx: None,
        kind: row.kind,
        format: row.format,
        after: None,
        written,
    };
    stream::try_unfold(Some(reading), next)
}

async fn next(reading: Option<Reading<'_>>) -> AppResult<Option<(Bytes, Option<Reading<'_>>)>> {
    let Some(mut reading) = reading else {
        return Ok(None);
    };
    let mut tx = match reading.tx.take() {
        Some(tx) => tx,
        None => reading.job.begin(Access::Read).await.map_err(closed)?,
    };
    let is_first = reading.after.is_none();
    let lines = sheets::page(&mut tx, reading.kind, reading.after, AT_ONCE).await?;
    reading.after = lines.last().map(|(key, _)| *key);
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    reading.written.fetch_add(count, Ordering::Relaxed);
    let cells = lines.into_iter().map(|(_, cells)| cells);
    let mut text = match reading.format {
        BulkFormat::Csv => csv_text(is_first.then(|| reading.kind.columns()), cells)?,
        BulkFormat::Ndjson => ndjson_text(reading.kind.columns(), cells),
    };
    if text.is_empty() && is_first {
        // A file without any content would be none.
        text.push(b'\n');
    }
    if count < AT_ONCE {
        tx.release();
        return Ok(Some((text.into(), None)));
    }
    reading.tx = Some(tx);
    Ok(Some((text.into(), Some(reading))))
}

/// Why no transaction could be begun, for the stream; it comes back as it was.
fn closed(error: JobError) -> AppError {
    match error {
        JobError::NotNow(_) => AppError::new(ErrorCode::DealerSuspended, "not now"),
        other => AppError::internal(format!("{other:?}")),
    }
}

fn csv_text(header: Option<&[&str]>, lines: impl Iterator<Item = Vec<Cell>>) -> AppResult<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    if let Some(header) = header {
        csv.write_record(header).map_err(AppError::internal)?;
    }
    for line in lines {
        let cells = line.iter().map(Cell::csv);
        csv.write_record(cells).map_err(AppError::internal)?;
    }
    csv.into_inner()
        .map_err(|error| AppError::internal(error.to_string()))
}

fn ndjson_text(columns: &[&str], lines: impl Iterator<Item = Vec<Cell>>) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines {
        let names = columns.iter().map(|name| (*name).to_owned());
        let values = line.iter().map(Cell::json);
        let object: serde_json::Map<_, _> = names.zip(values).collect();
        text.extend_from_slice(serde_json::Value::Object(object).to_string().as_bytes());
        text.push(b'\n');
    }
    text
}
