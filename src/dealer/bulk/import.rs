//! The job of an import.

use std::fs::File;
use std::io::{Seek, Write};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, take};
use super::lines::{Line, Lines, Place, Unreadable};
use super::may::May;
use super::model::{BulkOperationId, BulkOperationRow, BulkState};
use super::query::End;
use super::report;
use crate::files::Depot;
use crate::jobs::{JobContext, JobError, JobKind, JobResult, Limits};
use crate::kernel::nameless::nameless;
use crate::tenancy::Access;

/// Lines of one transaction.
const AT_ONCE: usize = 200;
/// How long a run goes on before it gives its place to another job.
const A_RUN: Duration = Duration::from_mins(5);
/// Least time between two events that tell how far it has come.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Tries before an operation is given up, since the last that brought it further.
const TRIES: u8 = 10;

/// Reads a file into the shop, batch by batch. Killed anywhere, it goes on behind the last
/// batch that was committed.
pub struct Import {
    /// Where files lie.
    pub depot: Depot,
}

/// Which operation.
#[derive(Serialize, Deserialize)]
pub struct Ordered {
    /// Its id.
    pub operation: BulkOperationId,
    /// What of its columns may be taken.
    #[serde(default)]
    pub may: May,
}

/// Limits of imports and exports: each takes memory and a place for long.
pub(super) const LIMITS: Limits = Limits {
    attempts: TRIES,
    time: Duration::from_mins(20),
    priority: 7,
    at_once: 2,
};

impl JobKind for Import {
    const NAME: &'static str = "bulk.import";
    const LIMITS: Limits = LIMITS;
    type Payload = Ordered;

    async fn run(&self, job: JobContext, ordered: Ordered) -> JobResult {
        let result = self.import(&job, &ordered).await;
        report::given_up(&job, ordered.operation, result).await
    }
}

impl Import {
    async fn import(&self, job: &JobContext, ordered: &Ordered) -> JobResult {
        let Some(mut row) = report::begin(job, ordered.operation).await? else {
            return Ok(());
        };
        let file = self.fetch(job, &row).await?;
        let mut lines = open(file, &row)?;
        let (began, mut told) = (Instant::now(), None::<Instant>);
        loop {
            if job.is_stopping() || began.elapsed() > A_RUN {
                return Err(JobError::NotNow(Duration::ZERO));
            }
            let batch: Vec<Line>;
            (lines, batch) = next(lines).await?;
            if batch.is_empty() {
                return self.finish(job, &row, BulkState::Done).await;
            }
            let tells = told.is_none_or(|told| told.elapsed() > TELL_EVERY);
            if tells {
                told = Some(Instant::now());
            }
            match take(job, (&row, &ordered.may), &batch, tells).await? {
                Batch::Done(now) => row = now,
                Batch::Stopped(now) => return self.finish(job, &now, BulkState::Stopped).await,
                Batch::Lost => return Ok(()),
            }
            job.came_further().await;
        }
    }

    /// The input, as a file without a name: read at once, so that the store is not kept
    /// waiting for the database.
    async fn fetch(&self, job: &JobContext, row: &BulkOperationRow) -> Result<File, JobError> {
        let context = job.dealer();
        let context = context.ok_or_else(|| JobError::Never("a job of no dealer".to_owned()))?;
        let gone = || JobError::Never("the file is not there any more".to_owned());
        let input = row.input_file_id.ok_or_else(gone)?;
        let mut tx = job.begin(Access::Read).await?;
        let found = crate::files::query::find_kept(&mut tx, &[input]).await?;
        tx.release();
        if found.is_empty() {
            return Err(gone());
        }
        let mut pieces = self.depot.content(context, input).await?;
        let mut file = on_disk(nameless).await?;
        while let Some(piece) = pieces.try_next().await? {
            file = on_disk(move || file.write_all(&piece).map(|()| file)).await?;
        }
        on_disk(move || file.rewind().map(|()| file)).await
    }

    async fn finish(
        &self,
        job: &JobContext,
        row: &BulkOperationRow,
        state: BulkState,
    ) -> JobResult {
        let errors = report::error_file(&self.depot, job, row).await?;
        let mut end = End::plain(state);
        let mut tx = job.begin(Access::Write).await?;
        if let Some(arrived) = &errors {
            let until = report::kept_until(&tx);
            let file = self
                .depot
                .keep(&mut tx, job.queue(), arrived, until)
                .await?;
            end.errors = Some(file.id);
        }
        report::end(tx, row.id, end).await
    }
}

/// The lines that are still to be done, if the columns are those of the kind.
fn open(file: File, row: &BulkOperationRow) -> Result<Lines, JobError> {
    let place = Place {
        byte: u64::try_from(row.place).unwrap_or_default(),
        line: u64::try_from(row.line).unwrap_or_default(),
    };
    let wanted = row.kind.read_columns();
    let lines = Lines::open(file, row.format, place, wanted);
    let lines = lines.map_err(|error| unreadable(&error))?;
    if let Some(columns) = lines.columns() {
        if let Some(twice) = twice(columns) {
            let message = format!("the first line names the column {twice} twice");
            return Err(JobError::Never(message));
        }
        let mut columns = columns.iter().map(String::as_str);
        let odd = columns.clone().find(|column| !wanted.contains(column));
        let has_key = columns.any(|column| wanted.first() == Some(&column));
        if odd.is_some() || !has_key {
            let names = wanted.join(", ");
            let odd = odd.map(|odd| format!("; there is no column {odd}"));
            let odd = odd.unwrap_or_default();
            let message = format!("the first line must hold columns out of {names}{odd}");
            return Err(JobError::Never(message));
        }
    }
    Ok(lines)
}

/// The first name that stands twice.
fn twice(columns: &[String]) -> Option<&String> {
    let mut known = std::collections::BTreeSet::new();
    columns.iter().find(|column| !known.insert(*column))
}

/// The next batch, read where one may block.
async fn next(mut lines: Lines) -> Result<(Lines, Vec<Line>), JobError> {
    let reading = tokio::task::spawn_blocking(move || {
        let batch = lines.next(AT_ONCE);
        (lines, batch)
    });
    let (lines, batch) = reading.await.map_err(JobError::failed)?;
    Ok((lines, batch.map_err(|error| unreadable(&error))?))
}

fn unreadable(error: &Unreadable) -> JobError {
    JobError::Never(error.to_string())
}

async fn on_disk(
    work: impl FnOnce() -> std::io::Result<File> + Send + 'static,
) -> Result<File, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(JobError::failed)?.map_err(JobError::failed)
}
