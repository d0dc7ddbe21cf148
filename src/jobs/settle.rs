//! Saying how jobs went, and whose they are. Only who holds a job's last token is
//! believed. Diesel can neither join arrays nor count seconds from the database's
//! clock, which is the only one that all nodes share.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::model::JobId;
use super::order::JobOrder;
use super::query;
use super::queue::Queue;
use super::registry::Registry;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;

/// Longest cause that is kept, in characters.
const CAUSE_LIMIT: usize = 2000;
/// Most jobs that are moved by one statement, so that it is short.
pub(super) const MOVED_AT_ONCE: i32 = 500;

/// Who was ordered again while it ran is queued again. A job that runs has a lease; to
/// ask for its state would lead to an index of all that have run lately.
const DONE: &str = "\
UPDATE platform.jobs \
SET state = CASE WHEN again THEN 'QUEUED' ELSE 'DONE' END, \
    finished_at = CASE WHEN again THEN NULL ELSE now() END, \
    attempts = CASE WHEN again THEN 0 ELSE attempts END, \
    run_at = CASE WHEN again THEN now() ELSE run_at END, \
    again = false, locked_until = NULL \
FROM unnest($1, $2) AS run (run_id, run_token) \
WHERE id = ANY ($1) AND id = run_id AND token = run_token AND locked_until IS NOT NULL RETURNING id";

/// Without those that somebody is just ordering again: the others must not wait for him.
const EXTEND: &str = "\
UPDATE platform.jobs SET locked_until = now() + make_interval(secs => $3) \
WHERE id = ANY (ARRAY( \
    SELECT id FROM platform.jobs JOIN unnest($1, $2) AS run (run_id, run_token) \
        ON id = run_id AND token = run_token \
    WHERE id = ANY ($1) AND locked_until IS NOT NULL FOR UPDATE OF jobs SKIP LOCKED)) RETURNING id";

const LATER: &str = "\
UPDATE platform.jobs \
SET state = CASE WHEN $3 > 0 THEN 'SCHEDULED' ELSE 'QUEUED' END, \
    run_at = now() + make_interval(secs => $3), attempts = attempts - $4, \
    last_error = coalesce($5, last_error), again = false, locked_until = NULL \
WHERE id = $1 AND token = $2 AND locked_until IS NOT NULL RETURNING id";

const DEAD: &str = "\
UPDATE platform.jobs \
SET state = CASE WHEN again THEN 'QUEUED' ELSE 'DEAD' END, \
    finished_at = CASE WHEN again THEN NULL ELSE now() END, \
    attempts = CASE WHEN again THEN 0 ELSE attempts END, \
    last_error = $3, again = false, locked_until = NULL \
WHERE id = $1 AND token = $2 AND locked_until IS NOT NULL \
RETURNING id, dealer_id, kind, payload, state = 'DEAD' AS is_dead";

const PROMOTE: &str = "\
UPDATE platform.jobs SET state = 'QUEUED' WHERE id = ANY (ARRAY( \
    SELECT id FROM platform.jobs WHERE state = 'SCHEDULED' AND run_at <= now() \
    ORDER BY run_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id";

/// The first time at once; from then on later each time, since it may be the job that
/// kills its workers.
const RESCUE: &str = "\
UPDATE platform.jobs \
SET state = CASE WHEN attempts < max_attempts \
                 THEN CASE WHEN attempts > 1 THEN 'SCHEDULED' ELSE 'QUEUED' END \
                 WHEN again THEN 'QUEUED' ELSE 'DEAD' END, \
    run_at = now() + make_interval(secs => power(attempts - 1, 4)), \
    finished_at = CASE WHEN attempts < max_attempts OR again THEN NULL ELSE now() END, \
    last_error = 'nothing was heard any more of its worker, ' || worker, \
    again = false, locked_until = NULL \
WHERE id = ANY (ARRAY( \
    SELECT id FROM platform.jobs WHERE state = 'RUNNING' AND locked_until < now() \
    ORDER BY locked_until LIMIT $1 FOR UPDATE SKIP LOCKED)) \
RETURNING id, dealer_id, kind, payload, state = 'DEAD' AS is_dead";

/// A run of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    pub(super) id: JobId,
    pub(super) token: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
}

/// A job that may have died.
#[derive(QueryableByName)]
pub(super) struct Ended {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: JobId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    dealer_id: Option<DealerId>,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = Bool)]
    pub(super) is_dead: bool,
}

fn columns(runs: &[Run]) -> (Vec<Uuid>, Vec<i64>) {
    runs.iter().map(|run| (run.id.uuid(), run.token)).unzip()
}

fn ids(rows: Vec<Row>) -> Vec<JobId> {
    rows.into_iter().map(|row| row.id).collect()
}

/// Notes that these are done; gives those of which that is believed.
#[expect(clippy::disallowed_methods, reason = "joins arrays")]
pub(super) async fn done(conn: &mut ControlConn, runs: &[Run]) -> DbResult<Vec<JobId>> {
    let (of, tokens) = columns(runs);
    let query = diesel::sql_query(DONE)
        .bind::<Array<SqlUuid>, _>(of)
        .bind::<Array<BigInt>, _>(tokens);
    Ok(ids(query.load(&mut **conn).await?))
}

/// Keeps these for `lease` from now; gives those whose lease goes on. One whose row is
/// locked by somebody is among those that do not.
#[expect(clippy::disallowed_methods, reason = "joins arrays")]
pub(super) async fn extend(
    conn: &mut ControlConn,
    runs: &[Run],
    lease: Duration,
) -> DbResult<Vec<JobId>> {
    let (of, tokens) = columns(runs);
    let query = diesel::sql_query(EXTEND)
        .bind::<Array<SqlUuid>, _>(of)
        .bind::<Array<BigInt>, _>(tokens)
        .bind::<Double, _>(lease.as_secs_f64());
    Ok(ids(query.load(&mut **conn).await?))
}

/// Has a job run again after `delay`, at once if that is zero. Without a cause this was
/// no try, and is not counted. False if the job is somebody else's by now.
#[expect(clippy::disallowed_methods, reason = "the database's clock")]
pub(super) async fn later(
    conn: &mut ControlConn,
    run: Run,
    delay: Duration,
    cause: Option<&str>,
) -> DbResult<bool> {
    let query = diesel::sql_query(LATER)
        .bind::<SqlUuid, _>(run.id)
        .bind::<BigInt, _>(run.token)
        .bind::<Double, _>(delay.as_secs_f64())
        .bind::<Integer, _>(i32::from(cause.is_none()))
        .bind::<Nullable<Text>, _>(cause.map(shortened));
    Ok(!ids(query.load(&mut **conn).await?).is_empty())
}

/// Notes that a job has failed for good, and orders its heir; one that was ordered again
/// while it ran is queued again all the same. False if the job is somebody else's by now.
#[expect(clippy::disallowed_methods, reason = "the database's clock")]
pub(super) async fn bury(
    conn: &mut ControlConn,
    (run, cause): (Run, &str),
    registry: &Registry,
) -> DbResult<bool> {
    let query = diesel::sql_query(DEAD)
        .bind::<SqlUuid, _>(run.id)
        .bind::<BigInt, _>(run.token)
        .bind::<Text, _>(shortened(cause));
    conn.transaction(async |conn| {
        let ended: Vec<Ended> = query.load(&mut **conn).await?;
        order_heirs(conn, &ended, registry).await?;
        Ok(!ended.is_empty())
    })
    .await
}

/// Queues those whose time has come, some at a time; gives how many.
#[expect(clippy::disallowed_methods, reason = "the database's clock")]
pub(super) async fn promote(conn: &mut ControlConn) -> DbResult<usize> {
    let query = diesel::sql_query(PROMOTE).bind::<Integer, _>(MOVED_AT_ONCE);
    Ok(ids(query.load(&mut **conn).await?).len())
}

/// Takes jobs from workers whose lease is over, some at a time, and orders the heirs of
/// those that are dead by that.
#[expect(clippy::disallowed_methods, reason = "the database's clock")]
pub(super) async fn rescue(conn: &mut ControlConn, registry: &Registry) -> DbResult<Vec<Ended>> {
    let query = diesel::sql_query(RESCUE).bind::<Integer, _>(MOVED_AT_ONCE);
    conn.transaction(async |conn| {
        let ended: Vec<Ended> = query.load(&mut **conn).await?;
        order_heirs(conn, &ended, registry).await?;
        Ok(ended)
    })
    .await
}

/// Orders, in the transaction in which jobs have died, what ends what they have begun.
async fn order_heirs(conn: &mut ControlConn, ended: &[Ended], registry: &Registry) -> DbResult<()> {
    for dead in ended.iter().filter(|job| job.is_dead) {
        let Some(heir) = registry.heir_of(&dead.kind) else {
            continue;
        };
        let order = JobOrder::of_kind((heir.name, heir.limits), dead.payload.clone());
        Queue::enqueue_for(conn, dead.dealer_id, &order).await?;
        query::set_heir(conn, dead.id, order.id()).await?;
    }
    Ok(())
}

fn shortened(cause: &str) -> String {
    // Postgres can not store that character.
    cause
        .chars()
        .filter(|c| *c != '\0')
        .take(CAUSE_LIMIT)
        .collect()
}
