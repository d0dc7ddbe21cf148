//! SQL of sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{EndCause, IDLE, SessionRow};
use crate::db::control::ControlConn;
use crate::db::control_tables::sessions;
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// Rows deleted in one statement.
const PRUNED_AT_ONCE: i64 = 10_000;

/// Adds a session.
pub async fn insert(conn: &mut ControlConn, row: &SessionRow) -> DbResult<()> {
    let query = diesel::insert_into(sessions::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// The session with this id, whatever has become of it.
pub async fn find(conn: &mut ControlConn, id: SessionId) -> DbResult<Option<SessionRow>> {
    let query = sessions::table.find(id).select(SessionRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The sessions of a user that are good at `now`, the last used first.
pub async fn alive(
    conn: &mut ControlConn,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<Vec<SessionRow>> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_until.gt(now))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::rotated_at.desc(), sessions::id))
        .select(SessionRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Puts the next refresh token in the place of the one with `hash`; says whether
/// that was still the one.
pub async fn rotate(
    conn: &mut ControlConn,
    id: SessionId,
    hash: &[u8],
    next: &[u8],
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let current = sessions::table
        .find(id)
        .filter(sessions::token_hash.eq(hash))
        .filter(sessions::ended_at.is_null());
    let query = diesel::update(current).set((
        sessions::token_hash.eq(next),
        sessions::generation.eq(sessions::generation + 1),
        sessions::rotated_at.eq(now),
        sessions::idle_until.eq(now + IDLE),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Lets the session work for another dealer; says whether it is good still.
pub async fn switch(conn: &mut ControlConn, id: SessionId, dealer: DealerId) -> DbResult<bool> {
    let open = sessions::table
        .find(id)
        .filter(sessions::ended_at.is_null());
    let query = diesel::update(open).set(sessions::dealer_id.eq(dealer));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Which sessions of a user to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(SessionId),
    /// All but this one.
    Others(SessionId),
    /// All.
    All,
}

/// Ends sessions of a user; says how many. Nodes hear of it by a trigger.
pub async fn end(
    conn: &mut ControlConn,
    user: UserId,
    which: Which,
    cause: EndCause,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    let mut open = diesel::update(sessions::table)
        .set((sessions::ended_at.eq(now), sessions::end_cause.eq(cause)))
        .into_boxed()
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null());
    open = match which {
        Which::One(id) => open.filter(sessions::id.eq(id)),
        Which::Others(id) => open.filter(sessions::id.ne(id)),
        Which::All => open,
    };
    Ok(open.execute(&mut **conn).await?)
}

/// Deletes sessions that nobody can use any more and that ended before `before`;
/// says how many.
pub async fn prune(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let old = sessions::table
        .filter(sessions::expires_at.lt(before))
        .limit(PRUNED_AT_ONCE)
        .select(sessions::id);
    let old: Vec<SessionId> = old.load(&mut **conn).await?;
    let query = diesel::delete(sessions::table.filter(sessions::id.eq_any(old)));
    Ok(query.execute(&mut **conn).await?)
}

/// Takes down how and when the session's user has last proven who he is.
pub async fn set_proof(conn: &mut ControlConn, row: &SessionRow) -> DbResult<()> {
    let query = diesel::update(sessions::table.find(row.id)).set((
        sessions::methods.eq(&row.methods),
        sessions::authenticated_at.eq(row.authenticated_at),
    ));
    query.execute(&mut **conn).await?;
    Ok(())
}
