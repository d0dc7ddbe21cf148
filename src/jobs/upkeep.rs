//! Jobs that look after the jobs themselves.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::context::JobContext;
use super::kind::{JobKind, JobResult, Limits};
use super::model::JobState;
use super::query::{self, PRUNED_AT_ONCE};
use super::unknown;
use crate::kernel::ids::DealerId;

/// How long it is kept that a job is done.
const DONE_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long dead jobs are kept.
const DEAD_KEPT: TimeDelta = TimeDelta::days(30);
/// How long it is kept which slots there were.
const SLOTS_KEPT: TimeDelta = TimeDelta::days(7);
/// Pause between two deletions, for those who have something to do.
const BREATH: Duration = Duration::from_millis(20);

/// Throws away jobs that ended long ago, and gives up those that nobody knows how to do.
pub struct PruneJobs;

/// It is told nothing.
#[derive(Serialize, Deserialize)]
pub struct Nothing {}

impl JobKind for PruneJobs {
    const NAME: &'static str = "platform.jobs.prune";
    const LIMITS: Limits = Limits::UPKEEP;
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        let now = job.clock().now();
        for (state, kept) in [(JobState::Done, DONE_KEPT), (JobState::Dead, DEAD_KEPT)] {
            let mut pruned = 1;
            while pruned > 0 && !job.is_stopping() {
                pruned = query::prune(&mut job.control().await?, state, now - kept).await?;
                breathe(pruned).await;
            }
        }
        unknown::give_up(&job, now).await?;
        query::prune_slots(&mut job.control().await?, now - SLOTS_KEPT).await?;
        Ok(())
    }
}

/// Throws away the jobs of a dealer who has been dropped.
pub struct ForgetDealer;

/// Whose jobs.
#[derive(Serialize, Deserialize)]
pub struct Gone {
    /// The dealer.
    pub dealer: DealerId,
}

impl JobKind for ForgetDealer {
    const NAME: &'static str = "platform.jobs.forget";
    type Payload = Gone;

    async fn run(&self, job: JobContext, gone: Gone) -> JobResult {
        let mut pruned = 1;
        while pruned > 0 {
            pruned = query::prune_dealer(&mut job.control().await?, gone.dealer).await?;
            breathe(pruned).await;
        }
        Ok(())
    }
}

/// After a full load there are more.
async fn breathe(pruned: usize) {
    if i64::try_from(pruned).is_ok_and(|pruned| pruned >= PRUNED_AT_ONCE) {
        tokio::time::sleep(BREATH).await;
    }
}
