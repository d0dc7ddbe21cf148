//! Sessions that are kept no longer.

use chrono::TimeDelta;

use super::query;
use crate::jobs::upkeep::Nothing;
use crate::jobs::{JobContext, JobKind, JobResult, Limits};

/// How long a session is kept after its end, for its user to look at.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Throws away sessions that ended long ago.
pub struct PruneSessions;

impl JobKind for PruneSessions {
    const NAME: &'static str = "platform.sessions.prune";
    const LIMITS: Limits = Limits::UPKEEP;
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        let before = job.clock().now() - KEPT;
        let mut conn = job.control().await?;
        while query::prune(&mut conn, before).await? > 0 {}
        Ok(())
    }
}
