//! SQL of jobs as operators see them, and of what is thrown away.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists, max, min};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{JobId, JobRow, JobState};
use crate::db::control::ControlConn;
use crate::db::control_tables::{cron_slots, dealers, jobs};
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;

/// Most rows that go in one statement, so that it is short.
pub(super) const PRUNED_AT_ONCE: i64 = 1000;

/// Which jobs to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this dealer.
    pub dealer: Option<DealerId>,
    /// Ordered before this one.
    pub before: Option<JobId>,
}

/// The job with this id.
pub async fn find(conn: &mut ControlConn, id: JobId) -> DbResult<Option<JobRow>> {
    let query = jobs::table.find(id).select(JobRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Jobs, the latest first.
pub async fn list(conn: &mut ControlConn, wanted: &Wanted, most: i64) -> DbResult<Vec<JobRow>> {
    let mut query = jobs::table.select(JobRow::as_select()).into_boxed();
    if let Some(state) = wanted.state {
        query = query.filter(jobs::state.eq(state));
    }
    if let Some(kind) = &wanted.kind {
        query = query.filter(jobs::kind.eq(kind));
    }
    if let Some(dealer) = wanted.dealer {
        query = query.filter(jobs::dealer_id.eq(dealer));
    }
    if let Some(before) = wanted.before {
        query = query.filter(jobs::id.lt(before));
    }
    let query = query.order(jobs::id.desc()).limit(most);
    Ok(query.load(&mut **conn).await?)
}

/// Queues a dead job, or one that waits for its time, as if it had never been tried;
/// none if it is neither, or if what it had begun was ended with its death.
pub async fn retry(
    conn: &mut ControlConn,
    id: JobId,
    now: DateTime<Utc>,
) -> DbResult<Option<JobRow>> {
    let waits = jobs::state.eq_any([JobState::Dead, JobState::Scheduled]);
    let query = diesel::update(
        jobs::table
            .find(id)
            .filter(waits.and(jobs::heir_id.is_null())),
    )
    .set((
        jobs::state.eq(JobState::Queued),
        jobs::attempts.eq(0),
        jobs::run_at.eq(now),
        jobs::finished_at.eq(None::<DateTime<Utc>>),
    ))
    .returning(JobRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Throws away a job that is dead or was not begun; none if it is neither.
pub async fn delete(conn: &mut ControlConn, id: JobId) -> DbResult<Option<JobRow>> {
    let idle = jobs::state.eq_any([JobState::Dead, JobState::Scheduled, JobState::Queued]);
    let query = diesel::delete(jobs::table.find(id).filter(idle)).returning(JobRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Counts a run as the first of its job; false if the job is somebody else's by now.
pub(super) async fn start_over(
    conn: &mut ControlConn,
    (id, token): (JobId, i64),
) -> DbResult<bool> {
    let run = jobs::table.find(id).filter(jobs::token.eq(token));
    let query = diesel::update(run.filter(jobs::locked_until.is_not_null()));
    let query = query.set(jobs::attempts.eq(1));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Says which job ends what a dead one has begun.
pub(super) async fn set_heir(conn: &mut ControlConn, id: JobId, heir: JobId) -> DbResult<()> {
    let query = diesel::update(jobs::table.find(id)).set(jobs::heir_id.eq(heir));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Those of the jobs that a worker has, and their tokens.
pub(super) async fn find_running(
    conn: &mut ControlConn,
    ids: &[JobId],
) -> DbResult<Vec<(JobId, i64)>> {
    let query = jobs::table
        .filter(jobs::id.eq_any(ids))
        .filter(jobs::locked_until.is_not_null())
        .select((jobs::id, jobs::token));
    Ok(query.load(&mut **conn).await?)
}

/// How many jobs that are not done are in each state.
pub(super) async fn count_unfinished(conn: &mut ControlConn) -> DbResult<Vec<(JobState, i64)>> {
    let query = jobs::table
        .filter(jobs::state.ne(JobState::Done))
        .group_by(jobs::state)
        .select((jobs::state, count_star()));
    Ok(query.load(&mut **conn).await?)
}

/// How many of these are neither done nor dead.
pub async fn count_unfinished_of(conn: &mut ControlConn, ids: &[JobId]) -> DbResult<usize> {
    let query = jobs::table
        .filter(jobs::id.eq_any(ids))
        .filter(jobs::finished_at.is_null())
        .count();
    let count: i64 = query.get_result(&mut **conn).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Of each kind how many may be taken, and since when the one may be that has waited
/// longest.
pub(super) async fn count_queued(
    conn: &mut ControlConn,
) -> DbResult<Vec<(String, i64, Option<DateTime<Utc>>)>> {
    let query = jobs::table
        .filter(jobs::state.eq(JobState::Queued))
        .group_by(jobs::kind)
        .select((jobs::kind, count_star(), min(jobs::run_at)));
    Ok(query.load(&mut **conn).await?)
}

/// Kinds other than these of which some might have been taken before `due`.
pub(super) async fn kinds_but(
    conn: &mut ControlConn,
    known: &[&str],
    due: DateTime<Utc>,
) -> DbResult<Vec<String>> {
    let query = jobs::table
        .filter(jobs::state.eq(JobState::Queued))
        .filter(jobs::run_at.lt(due))
        .filter(jobs::kind.ne_all(known))
        .select(jobs::kind)
        .distinct();
    Ok(query.load(&mut **conn).await?)
}

/// Whether anybody has begun a job of this kind since then.
pub(super) async fn is_begun(
    conn: &mut ControlConn,
    kind: &str,
    since: DateTime<Utc>,
) -> DbResult<bool> {
    let begun = jobs::table
        .filter(jobs::kind.eq(kind))
        .filter(jobs::started_at.gt(since));
    Ok(diesel::select(exists(begun))
        .get_result(&mut **conn)
        .await?)
}

/// Gives up those of a kind that might have been taken before `due`, some at a time; gives
/// how many. Those of dealers who are not open wait for them.
pub(super) async fn bury_kind(
    conn: &mut ControlConn,
    (kind, due): (&str, DateTime<Utc>),
    (cause, now): (&str, DateTime<Utc>),
) -> DbResult<usize> {
    let open = dealers::table
        .filter(dealers::status.eq(DealerStatus::Active))
        .select(dealers::id.nullable());
    let overdue: Vec<JobId> = jobs::table
        .filter(jobs::state.eq(JobState::Queued))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::run_at.lt(due))
        .filter(jobs::dealer_id.is_null().or(jobs::dealer_id.eq_any(open)))
        .limit(PRUNED_AT_ONCE)
        .select(jobs::id)
        .load(&mut **conn)
        .await?;
    let query = diesel::update(jobs::table)
        .filter(jobs::id.eq_any(overdue))
        .filter(jobs::state.eq(JobState::Queued))
        .set((
            jobs::state.eq(JobState::Dead),
            jobs::last_error.eq(cause),
            jobs::finished_at.eq(now),
        ));
    Ok(query.execute(&mut **conn).await?)
}

/// Deletes jobs that ended so before `before`, some at a time; gives how many.
pub(super) async fn prune(
    conn: &mut ControlConn,
    state: JobState,
    before: DateTime<Utc>,
) -> DbResult<usize> {
    let old = jobs::table
        .filter(jobs::state.eq(state))
        .filter(jobs::finished_at.lt(before))
        .order(jobs::finished_at)
        .limit(PRUNED_AT_ONCE)
        .select(jobs::id);
    let old: Vec<JobId> = old.load(&mut **conn).await?;
    delete_many(conn, old).await
}

/// Deletes jobs of a dealer, whatever their states, some at a time; gives how many.
pub(super) async fn prune_dealer(conn: &mut ControlConn, dealer: DealerId) -> DbResult<usize> {
    let his = jobs::table
        .filter(jobs::dealer_id.eq(dealer))
        .limit(PRUNED_AT_ONCE)
        .select(jobs::id);
    let his: Vec<JobId> = his.load(&mut **conn).await?;
    delete_many(conn, his).await
}

async fn delete_many(conn: &mut ControlConn, ids: Vec<JobId>) -> DbResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let query = diesel::delete(jobs::table.filter(jobs::id.eq_any(ids)));
    Ok(query.execute(&mut **conn).await?)
}

/// Deletes slots of before `before`, but the last of each schedule, which tells from
/// when on slots were missed.
pub(super) async fn prune_slots(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let last = cron_slots::table
        .group_by(cron_slots::name)
        .select((cron_slots::name, max(cron_slots::slot)));
    let last: Vec<(String, Option<DateTime<Utc>>)> = last.load(&mut **conn).await?;
    let mut pruned = 0;
    for (name, last) in last {
        let old = cron_slots::table
            .filter(cron_slots::name.eq(name))
            .filter(cron_slots::slot.lt(last.unwrap_or(before).min(before)));
        pruned += diesel::delete(old).execute(&mut **conn).await?;
    }
    Ok(pruned)
}
