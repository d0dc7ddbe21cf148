//! Writes down how jobs went: those that are done many at once.
//!
//! A job with a key is written down on its own, since whoever orders it anew has its
//! row locked until his transaction ends, and the others should not wait for that.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::crew::Crew;
use crate::db::error::DbResult;
use crate::jobs::backoff::pause_after;
use crate::jobs::kind::{JobError, JobResult};
use crate::jobs::registry::Entry;
use crate::jobs::settle::{self, Run};
use crate::jobs::take::Taken;
use crate::jobs::tries::Tries;
use crate::kernel::chance;

/// Most that are written down by one statement.
const AT_ONCE: usize = 256;
/// The pause before another attempt to write something down.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// Longest pause that a job itself may ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// How a run went.
pub(super) struct Report {
    pub(super) run: Run,
    kind: &'static str,
    is_unique: bool,
    tries: Tries,
    max_attempts: i32,
    result: JobResult,
}

/// The ways to report.
#[derive(Clone)]
pub(super) struct Reports {
    pub(super) done: mpsc::Sender<Report>,
    pub(super) single: mpsc::Sender<Report>,
}

/// What is written down of a job that is not done.
enum Verdict {
    Later(Duration, Option<String>),
    Dead(String),
}

impl Reports {
    pub(super) async fn send(&self, report: Report) {
        let way = if report.result.is_ok() && !report.is_unique {
            &self.done
        } else {
            &self.single
        };
        if way.send(report).await.is_err() {
            tracing::error!("nobody writes down how jobs went");
        }
    }
}

impl Report {
    /// Of a job that has been taken; how it went is yet to come.
    pub(super) const fn new(job: &Taken, kind: &'static str, tries: Tries) -> Self {
        Self {
            run: Run {
                id: job.id,
                token: job.token,
            },
            kind,
            is_unique: job.is_unique,
            tries,
            max_attempts: job.max_attempts,
            result: Ok(()),
        }
    }

    pub(super) fn with(self, result: JobResult) -> Self {
        Self { result, ..self }
    }

    /// None if it is done.
    fn verdict(&self) -> Option<Verdict> {
        let tries = self.tries.count();
        let is_last = tries >= self.max_attempts;
        Some(match self.result.clone().err()? {
            JobError::NotNow(pause) => Verdict::Later(pause.min(LONGEST_PAUSE), None),
            JobError::Never(cause) => Verdict::Dead(cause),
            JobError::Failed(cause) | JobError::Later(_, cause) if is_last => Verdict::Dead(cause),
            JobError::Failed(cause) => {
                Verdict::Later(pause_after(tries, chance::byte()), Some(cause))
            }
            JobError::Later(pause, cause) => Verdict::Later(pause.min(LONGEST_PAUSE), Some(cause)),
        })
    }
}

/// Writes down what is reported until nobody is left to report.
pub(super) async fn report(
    crew: Arc<Crew>,
    mut done: mpsc::Receiver<Report>,
    mut single: mpsc::Receiver<Report>,
) {
    let many = async {
        let mut batch = Vec::new();
        while done.recv_many(&mut batch, AT_ONCE).await > 0 {
            note_done(&crew, &batch).await;
            batch.clear();
        }
    };
    let each = async {
        while let Some(report) = single.recv().await {
            note_one(&crew, &report).await;
        }
    };
    tokio::join!(many, each);
}

async fn note_done(crew: &Crew, batch: &[Report]) {
    let runs: Vec<Run> = batch.iter().map(|report| report.run).collect();
    let runs = runs.as_slice();
    let note = || async { settle::done(&mut crew.pool.checkout().await?, runs).await }.boxed();
    let noted = insist(crew, runs, note).await;
    for report in batch {
        crew.held.remove(report.run);
        let noted = noted
            .as_ref()
            .is_some_and(|noted| noted.contains(&report.run.id));
        count(crew, report, noted, None);
    }
}

async fn note_one(crew: &Crew, report: &Report) {
    let (run, verdict) = (report.run, report.verdict());
    let note = || note_verdict(crew, run, verdict.as_ref()).boxed();
    let noted = insist(crew, &[run], note).await.unwrap_or_default();
    crew.held.remove(run);
    count(crew, report, noted, verdict.as_ref());
}

async fn note_verdict(crew: &Crew, run: Run, verdict: Option<&Verdict>) -> DbResult<bool> {
    let mut conn = crew.pool.checkout().await?;
    match verdict {
        None => Ok(!settle::done(&mut conn, &[run]).await?.is_empty()),
        Some(Verdict::Later(pause, cause)) => {
            settle::later(&mut conn, run, *pause, cause.as_deref()).await
        }
        Some(Verdict::Dead(cause)) => settle::bury(&mut conn, (run, cause), &crew.registry).await,
    }
}

/// Tries again until it is done, or the leases are over and it is none of our business
/// any more.
async fn insist<'n, T>(
    crew: &Crew,
    runs: &[Run],
    note: impl Fn() -> BoxFuture<'n, DbResult<T>>,
) -> Option<T> {
    loop {
        match note().await {
            Ok(noted) => return Some(noted),
            Err(error) => tracing::warn!(%error, "not written down yet how jobs went"),
        }
        if !crew.held.any_until_after(runs, Instant::now()) {
            return None;
        }
        sleep(AFTER_FAILURE).await;
    }
}

fn count(crew: &Crew, report: &Report, noted: bool, verdict: Option<&Verdict>) {
    let Some(Entry { figures, .. }) = crew.registry.entry(report.kind) else {
        return;
    };
    let (job, kind, attempts) = (report.run.id, report.kind, report.tries.count());
    match verdict {
        _ if !noted => {
            figures.lost.add_one();
            tracing::warn!(%job, kind, attempts, "not written down: somebody else has the job by now");
        }
        None => {
            figures.done.add_one();
            tracing::debug!(%job, kind, attempts, "done");
        }
        Some(Verdict::Later(_, None)) => figures.given_back.add_one(),
        Some(Verdict::Later(pause, Some(cause))) => {
            figures.failed.add_one();
            tracing::warn!(%job, kind, attempts, ?pause, %cause, "failed, and is tried again");
        }
        Some(Verdict::Dead(cause)) => {
            figures.dead.add_one();
            tracing::error!(%job, kind, attempts, %cause, "failed for good");
        }
    }
}
