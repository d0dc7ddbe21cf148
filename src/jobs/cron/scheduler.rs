//! Keeps time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Cron, query};
use crate::db::control::{ControlConn, ControlPool};
use crate::db::limits::in_time;
use crate::error::AppResult;
use crate::jobs::queue::Queue;
use crate::jobs::registry::Registry;
use crate::kernel::clock::Clock;

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How long the database may take.
const ANSWER: Duration = Duration::from_secs(10);

/// Keeps time for as long as the worker is there. The database is asked only when a
/// slot has come.
pub(in crate::jobs) async fn keep_time(pool: ControlPool, registry: Arc<Registry>, clock: Clock) {
    // Up to where each schedule is known to be done with, by whomever.
    let mut known: HashMap<&'static str, DateTime<Utc>> = HashMap::new();
    loop {
        let mut pause = LOOK_EVERY;
        for cron in registry.crons() {
            let now = clock.now();
            if known
                .get(cron.name)
                .is_some_and(|slot| *slot >= cron.schedule.latest(now))
            {
                continue;
            }
            let turn = async { take_turn(&mut pool.checkout().await?, cron, now).await };
            match in_time(ANSWER, turn).await {
                Ok(slot) => {
                    known.insert(cron.name, slot);
                }
                Err(error) => {
                    tracing::warn!(
                        cron = cron.name,
                        ?error,
                        "a schedule could not be looked at"
                    );
                    pause = AFTER_FAILURE;
                }
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// Does what is due of a schedule and not done by somebody else; gives up to where it is
/// done with.
async fn take_turn(
    conn: &mut ControlConn,
    cron: &Cron,
    now: DateTime<Utc>,
) -> AppResult<DateTime<Utc>> {
    let last = query::last(conn, cron.name).await?;
    let due = cron.due(last, now);
    if let Some(slot) = due.passed_over {
        query::add(conn, (cron.name, slot), None, now).await?;
        return Ok(slot);
    }
    for slot in &due.run {
        enqueue(conn, cron, *slot, now).await?;
    }
    Ok(due.run.last().copied().max(last).unwrap_or(now))
}

async fn enqueue(
    conn: &mut ControlConn,
    cron: &Cron,
    slot: DateTime<Utc>,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let order = (cron.order)(slot)?;
    conn.transaction(async |conn| {
        if query::add(conn, (cron.name, slot), Some(order.id()), now).await? {
            Queue::enqueue_for(conn, None, &order).await?;
            tracing::debug!(cron = cron.name, %slot, job = %order.id(), "enqueued");
        }
        Ok(())
    })
    .await
}
