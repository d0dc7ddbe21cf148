//! Runs one job.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use tokio::time::{Instant, timeout};
use tracing::Instrument;
use uuid::Uuid;

use super::crew::{Crew, Slot};
use super::held::Hold;
use super::report::{Report, Reports};
use crate::jobs::context::{JobContext, admit};
use crate::jobs::kind::{JobError, JobResult};
use crate::jobs::registry::Entry;
use crate::jobs::settle::Run;
use crate::jobs::take::Taken;
use crate::jobs::tries::Tries;
use crate::kernel::ids::DealerId;

/// Begins a job that has been taken, and goes on.
pub(super) fn begin(crew: &Arc<Crew>, job: Taken, until: Instant, reports: &Reports) {
    let run = Run {
        id: job.id,
        token: job.token,
    };
    // Both are there: no more was taken than there is room for, of known kinds. If not,
    // the lease runs out, and somebody else has the job.
    let (Some(slot), Some(entry)) = (crew.slot(), crew.registry.entry(&job.kind)) else {
        return tracing::error!(job = %job.id, kind = job.kind, "taken, and not begun");
    };
    entry.figures.waited.record(job.waited);
    let (kind, dealer) = (entry.name, job.dealer.map_or(Uuid::nil(), DealerId::uuid));
    let span = tracing::info_span!("job", id = %job.id, kind, attempt = job.attempts,
        dealer = job.dealer.map(tracing::field::display));
    let work = work(Arc::clone(crew), job, slot, reports.clone()).instrument(span);
    // Locked until the task is in: it can not end before.
    let mut held = crew.held.lock();
    let task = Some(tokio::spawn(work));
    held.insert(
        run,
        Hold {
            dealer,
            kind,
            until,
            task,
        },
    );
}

async fn work(crew: Arc<Crew>, job: Taken, slot: Slot, reports: Reports) {
    let Some(entry) = crew.registry.entry(&job.kind) else {
        return;
    };
    let tries = Tries::new(job.attempts);
    let report = Report::new(&job, entry.name, tries.clone());
    let began = Instant::now();
    let attempt = AssertUnwindSafe(attempt(&crew, entry, (job, tries))).catch_unwind();
    let result = match timeout(entry.limits.time, attempt).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(JobError::Failed("it panicked; the log has more".to_owned())),
        Err(_elapsed) => {
            let limit = entry.limits.time;
            Err(JobError::Failed(format!("it took longer than {limit:?}")))
        }
    };
    entry.figures.took.record(began.elapsed());
    crew.held.ended(report.run);
    // Waits if many have not been written down yet; the place is kept until then.
    reports.send(report.with(result)).await;
    drop(slot);
}

async fn attempt(crew: &Crew, entry: &Entry, (job, tries): (Taken, Tries)) -> JobResult {
    let dealer = match job.dealer {
        Some(dealer) => {
            let context = admit(&crew.parts.directory, dealer, entry.name).await?;
            Some(Arc::new(context))
        }
        None => None,
    };
    let context = JobContext {
        id: job.id,
        kind: entry.name,
        token: job.token,
        tries,
        registry: Arc::clone(&crew.registry),
        dealer,
        parts: crew.parts.clone(),
        stopping: crew.stopping.clone(),
    };
    entry.run(context, job.payload).await
}
