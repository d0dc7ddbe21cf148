//! SQL of telephones.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::phone_factors;
use crate::db::error::DbResult;
use crate::kernel::ids::UserId;

/// The telephone that a user has in use.
pub(in crate::platform::factors) async fn find(
    conn: &mut ControlConn,
    user: UserId,
) -> DbResult<Option<String>> {
    let query = phone_factors::table.find(user).select(phone_factors::phone);
    let found: Option<Option<String>> = query.first(&mut **conn).await.optional()?;
    Ok(found.flatten())
}

/// The telephone that is being set up at `now`.
pub(super) async fn pending(
    conn: &mut ControlConn,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<Option<String>> {
    let query = phone_factors::table
        .find(user)
        .filter(phone_factors::pending_until.gt(now))
        .select(phone_factors::pending_phone);
    let found: Option<Option<String>> = query.first(&mut **conn).await.optional()?;
    Ok(found.flatten())
}

/// Keeps a telephone that is being set up, in the place of one before.
pub(super) async fn set_pending(
    conn: &mut ControlConn,
    user: UserId,
    phone: &str,
    until: DateTime<Utc>,
) -> DbResult<()> {
    let pending = (
        phone_factors::pending_phone.eq(phone),
        phone_factors::pending_until.eq(until),
    );
    let query = diesel::insert_into(phone_factors::table)
        .values((phone_factors::user_id.eq(user), pending))
        .on_conflict(phone_factors::user_id)
        .do_update()
        .set(pending);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Takes the telephone that is being set up into use, if it is still this one.
pub(super) async fn confirm(
    conn: &mut ControlConn,
    user: UserId,
    phone: &str,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let pending = phone_factors::table
        .find(user)
        .filter(phone_factors::pending_phone.eq(phone));
    let query = diesel::update(pending).set((
        phone_factors::phone.eq(phone),
        phone_factors::confirmed_at.eq(now),
        phone_factors::pending_phone.eq(None::<String>),
        phone_factors::pending_until.eq(None::<DateTime<Utc>>),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Takes away a user's telephone; gives the one that was in use.
pub(in crate::platform::factors) async fn remove(
    conn: &mut ControlConn,
    user: UserId,
) -> DbResult<Option<String>> {
    let query = diesel::delete(phone_factors::table.find(user)).returning(phone_factors::phone);
    let gone: Option<Option<String>> = query.get_result(&mut **conn).await.optional()?;
    Ok(gone.flatten())
}
