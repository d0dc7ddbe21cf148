//! Keeps what the worker has, and looks after what nobody has.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::complaint::Complaint;
use super::crew::Crew;
use crate::db::error::DbResult;
use crate::db::limits::in_time;
use crate::jobs::model::JobId;
use crate::jobs::query;
use crate::jobs::settle::{self, Ended, MOVED_AT_ONCE, Run};

/// How often jobs are queued whose time has come, and dead workers' jobs taken.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often is looked whether a lease has run out.
const COUNT_EVERY: Duration = Duration::from_millis(250);
/// Leases are extended so often within one.
const PARTS_OF_A_LEASE: u32 = 4;
/// How long the database may take for one step.
const ANSWER: Duration = Duration::from_secs(10);

/// Goes on for as long as the worker is there, also while it stops.
pub(super) async fn keep(crew: Arc<Crew>) {
    tokio::join!(keep_leases(&crew), count_down(&crew), look_around(&crew));
}

async fn keep_leases(crew: &Crew) {
    let lease = crew.settings.lease;
    let mut tick = ticking(lease / PARTS_OF_A_LEASE);
    let mut complaint = Complaint::new("leases could not be extended");
    loop {
        tick.tick().await;
        complaint.about(in_time(ANSWER.min(lease), extend(crew)).await);
    }
}

/// Without an answer of the database, the worker has to count by himself.
async fn count_down(crew: &Crew) {
    let mut tick = ticking(COUNT_EVERY);
    loop {
        tick.tick().await;
        for run in crew.held.expired(Instant::now()) {
            give_up(crew, run);
        }
    }
}

async fn look_around(crew: &Crew) {
    let mut tick = ticking(LOOK_EVERY);
    let mut complaint = Complaint::new("jobs that are due could not be queued");
    loop {
        tick.tick().await;
        complaint.about(in_time(ANSWER, look_after(crew)).await);
    }
}

fn ticking(every: Duration) -> Interval {
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

async fn extend(crew: &Crew) -> DbResult<()> {
    let runs = crew.held.runs();
    if runs.is_empty() {
        return Ok(());
    }
    let until = crew.lease_end();
    let mut conn = crew.pool.checkout().await?;
    let kept = settle::extend(&mut conn, &runs, crew.settings.lease).await?;
    let (kept, missing): (Vec<Run>, Vec<Run>) =
        runs.into_iter().partition(|run| kept.contains(&run.id));
    crew.held.extend(&kept, until);
    if missing.is_empty() {
        return Ok(());
    }
    // Whoever holds the row of one that is still ours keeps it from being taken as well.
    let ids: Vec<JobId> = missing.iter().map(|run| run.id).collect();
    let ours = query::find_running(&mut conn, &ids).await?;
    for run in missing {
        if !ours.contains(&(run.id, run.token)) {
            give_up(crew, run);
        }
    }
    Ok(())
}

/// Somebody else has the job, or may have it: it is not worked at any more. One that
/// has ended meanwhile is written down, or not believed, elsewhere.
fn give_up(crew: &Crew, run: Run) {
    let at_work = crew
        .held
        .lock()
        .get_mut(&run)
        .and_then(|hold| hold.task.take());
    let Some(task) = at_work else {
        return;
    };
    task.abort();
    let hold = crew.held.remove(run);
    if let Some(entry) = hold.and_then(|hold| crew.registry.entry(hold.kind)) {
        entry.figures.lost.add_one();
        tracing::warn!(job = %run.id, kind = entry.name, "given up: the lease was lost");
    }
}

/// Says that a job has died with its worker.
fn tell_of(crew: &Crew, dead: &Ended) {
    if let Some(entry) = crew.registry.entry(&dead.kind) {
        entry.figures.dead.add_one();
    }
    let (job, kind) = (dead.id, &dead.kind);
    tracing::error!(%job, kind, "failed for good: its last worker is not heard of any more");
}

async fn look_after(crew: &Crew) -> DbResult<()> {
    let mut conn = crew.pool.checkout().await?;
    let at_once = usize::try_from(MOVED_AT_ONCE).unwrap_or(usize::MAX);
    loop {
        let rescued = settle::rescue(&mut conn, &crew.registry).await?;
        let dead = rescued.iter().filter(|job| job.is_dead);
        dead.for_each(|job| tell_of(crew, job));
        let rescued = rescued.len();
        if rescued > 0 {
            tracing::warn!(
                rescued,
                "took jobs of workers that are not heard of any more"
            );
        }
        let queued = settle::promote(&mut conn).await?;
        if rescued + queued > 0 {
            crew.parts.queue.wake().notify_one();
        }
        if rescued.max(queued) < at_once {
            return Ok(());
        }
    }
}
