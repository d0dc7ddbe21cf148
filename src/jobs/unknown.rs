//! Jobs of kinds that nobody knows: ordered by a program that does not run any more, or
//! not yet, or by nobody's program.

use chrono::{DateTime, TimeDelta, Utc};

use super::context::JobContext;
use super::kind::JobError;
use super::query;

/// How long a job of a kind that this node does not know is left to others. Longer than a
/// version takes to come to all nodes.
const LEFT_FOR: TimeDelta = TimeDelta::days(7);
/// Who knows a kind has begun one of it within this time; that one was done is kept as long.
const BEGUN_WITHIN: TimeDelta = TimeDelta::hours(24);
/// What is said of them.
const CAUSE: &str = "no worker knows this kind of job: it might have been taken for 7 days, and \
                     none of its kind was within one; of another version of the program?";

/// Gives up what has waited for so long. A newer program beside this one is not disturbed:
/// where it does jobs of a kind, all of that kind are left to it.
pub(super) async fn give_up(job: &JobContext, now: DateTime<Utc>) -> Result<(), JobError> {
    let known: Vec<&str> = job.registry.entries().map(|entry| entry.name).collect();
    let due = now - LEFT_FOR;
    let mut conn = job.control().await?;
    for kind in query::kinds_but(&mut conn, &known, due).await? {
        if query::is_begun(&mut conn, &kind, now - BEGUN_WITHIN).await? {
            continue;
        }
        let mut buried = 1;
        while buried > 0 && !job.is_stopping() {
            buried = query::bury_kind(&mut conn, (&kind, due), (CAUSE, now)).await?;
            if buried > 0 {
                tracing::error!(kind, buried, "jobs of a kind that no worker knows are dead");
            }
        }
    }
    Ok(())
}
