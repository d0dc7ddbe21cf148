//! Some lines of an import, in one transaction with how far it has come.

use std::collections::BTreeMap;

use super::cell::Cells;
use super::events::BulkOperationAdvanced;
use super::lines::Line;
use super::may::May;
use super::model::{BulkErrorRow, BulkOnError, BulkOperationRow};
use super::query;
use super::sheets::{Named, Refused, Taken};
use crate::error::{AppError, Refusal, UserError};
use crate::jobs::{JobContext, JobError};
use crate::tenancy::{Access, TenantTx};

/// Most faults of an import that are noted; the others are counted.
pub const NOTED: i64 = 10_000;

/// How a batch has gone.
#[derive(Debug)]
pub(super) enum Batch {
    /// Its lines are done, and the operation stands so.
    Done(BulkOperationRow),
    /// It is over at a line that could not be taken.
    Stopped(BulkOperationRow),
    /// Somebody has ended the operation, or another run has taken it up.
    Lost,
}

/// What became of the lines of a batch.
struct Outcome {
    row: BulkOperationRow,
    faults: Vec<BulkErrorRow>,
    noted: i64,
    is_stopped: bool,
}

/// Takes the lines. What one of them has written, and could not stay, is undone with the
/// whole batch, which is then taken without that line.
pub(super) async fn take(
    job: &JobContext,
    (row, may): (&BulkOperationRow, &May),
    lines: &[Line],
    tells: bool,
) -> Result<Batch, JobError> {
    let mut wrong: BTreeMap<u64, Vec<UserError>> = BTreeMap::new();
    loop {
        let mut tx = job.begin(Access::Write).await?;
        let outcome = match attempt(&mut tx, (row, may), lines, &wrong).await? {
            Ok(outcome) => outcome,
            Err((number, errors)) => {
                tx.rollback().await?;
                wrong.insert(number, errors);
                continue;
            }
        };
        if row.is_dry_run {
            tx.rollback().await?;
            tx = job.begin(Access::Write).await?;
        }
        return note(tx, row.place, outcome, tells).await;
    }
}

async fn note(
    mut tx: TenantTx,
    from: i64,
    outcome: Outcome,
    tells: bool,
) -> Result<Batch, JobError> {
    if !query::advance(&mut tx, &outcome.row, from).await? {
        tx.rollback().await?;
        return Ok(Batch::Lost);
    }
    query::insert_errors(&mut tx, outcome.faults).await?;
    if tells {
        tx.emit(&BulkOperationAdvanced((&outcome.row).into()));
    }
    tx.commit().await?;
    Ok(if outcome.is_stopped {
        Batch::Stopped(outcome.row)
    } else {
        Batch::Done(outcome.row)
    })
}

/// One go at all lines but those that are known to be wrong; or the first of which
/// something may be written that must not stay.
async fn attempt(
    tx: &mut TenantTx,
    (row, may): (&BulkOperationRow, &May),
    lines: &[Line],
    wrong: &BTreeMap<u64, Vec<UserError>>,
) -> Result<Result<Outcome, (u64, Vec<UserError>)>, AppError> {
    let readable: Vec<&Cells> = lines
        .iter()
        .filter_map(|line| line.cells.as_ref().ok())
        .collect();
    let mut named = Named::load(tx, (row.kind, may), &readable).await?;
    let mut outcome = Outcome {
        noted: query::count_errors(tx, row.id).await?,
        row: row.clone(),
        faults: Vec::new(),
        is_stopped: false,
    };
    for line in lines {
        let refused = match (&line.cells, wrong.get(&line.number)) {
            (Err(message), _) => vec![unread(message)],
            (Ok(_), Some(errors)) => errors.clone(),
            (Ok(cells), None) => match named.take(tx, cells).await {
                Ok(taken) => {
                    outcome.took(taken);
                    Vec::new()
                }
                Err(Refused::Clean(errors)) => errors,
                Err(Refused::Dirty(errors)) => return Ok(Err((line.number, errors))),
                Err(Refused::Fault(error)) => return Err(error),
            },
        };
        outcome.passed(line);
        if !refused.is_empty() {
            outcome.refused(line, refused);
            if row.on_error == BulkOnError::Stop {
                outcome.is_stopped = true;
                break;
            }
        }
    }
    // What is refused now, another has written since it was looked up: the job is tried
    // again, and finds it.
    named.write(tx).await.map_err(Refusal::into_error)?;
    Ok(Ok(outcome))
}

fn unread(message: &str) -> UserError {
    UserError::general(crate::error::ErrorCode::BadUserInput, message)
}

impl Outcome {
    fn took(&mut self, taken: Taken) {
        let count = match taken {
            Taken::Created => &mut self.row.created,
            Taken::Updated => &mut self.row.updated,
            Taken::Unchanged => &mut self.row.unchanged,
        };
        *count = count.saturating_add(1);
    }

    fn passed(&mut self, line: &Line) {
        self.row.place = i64::try_from(line.end.byte).unwrap_or(i64::MAX);
        self.row.line = i64::try_from(line.end.line).unwrap_or(i64::MAX);
    }

    fn refused(&mut self, line: &Line, errors: Vec<UserError>) {
        self.row.failed = self.row.failed.saturating_add(1);
        for error in errors {
            if self.noted >= NOTED {
                return;
            }
            self.noted = self.noted.saturating_add(1);
            self.faults.push(BulkErrorRow {
                operation_id: self.row.id,
                number: self.noted,
                line: i64::try_from(line.number).unwrap_or(i64::MAX),
                field: error.path.and_then(|mut path| path.pop()),
                code: error.code.as_str().to_owned(),
                message: error.message,
            });
        }
    }
}
