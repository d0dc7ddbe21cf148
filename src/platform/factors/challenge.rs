//! SQL of sign-ins that wait for a second factor.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{CHALLENGES, ChallengeId, ChallengeRow, TRIES};
use crate::db::control::ControlConn;
use crate::db::control_tables::login_challenges;
use crate::db::error::DbResult;

/// Adds one, and takes away what the user has left lying.
pub async fn insert(
    conn: &mut ControlConn,
    row: &ChallengeRow,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::insert_into(login_challenges::table).values(row.clone());
    query.execute(&mut **conn).await?;
    let of_user = login_challenges::table.filter(login_challenges::user_id.eq(row.user_id));
    let kept = of_user
        .filter(login_challenges::expires_at.gt(now))
        .order(login_challenges::id.desc())
        .limit(CHALLENGES)
        .select(login_challenges::id);
    let kept: Vec<ChallengeId> = kept.load(&mut **conn).await?;
    let rest = of_user.filter(login_challenges::id.ne_all(kept));
    diesel::delete(rest).execute(&mut **conn).await?;
    Ok(())
}

/// Counts a code shown to it; gives it, if it waits still and may be tried.
pub async fn count_try(
    conn: &mut ControlConn,
    id: ChallengeId,
    now: DateTime<Utc>,
) -> DbResult<Option<ChallengeRow>> {
    let open = login_challenges::table
        .find(id)
        .filter(login_challenges::used_at.is_null())
        .filter(login_challenges::expires_at.gt(now))
        .filter(login_challenges::tries.lt(TRIES));
    let query = diesel::update(open)
        .set(login_challenges::tries.eq(login_challenges::tries + 1))
        .returning(ChallengeRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// The one with this id, if it waits still.
pub async fn find(
    conn: &mut ControlConn,
    id: ChallengeId,
    now: DateTime<Utc>,
) -> DbResult<Option<ChallengeRow>> {
    let query = login_challenges::table
        .find(id)
        .filter(login_challenges::used_at.is_null())
        .filter(login_challenges::expires_at.gt(now))
        .select(ChallengeRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Meets it, if nobody has before.
pub async fn spend(conn: &mut ControlConn, id: ChallengeId, now: DateTime<Utc>) -> DbResult<bool> {
    let open = login_challenges::table
        .find(id)
        .filter(login_challenges::used_at.is_null());
    let query = diesel::update(open).set(login_challenges::used_at.eq(now));
    Ok(query.execute(&mut **conn).await? > 0)
}
