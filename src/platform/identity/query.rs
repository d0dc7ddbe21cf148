//! SQL of users and memberships.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{MembershipRow, UserRow};
use crate::db::control::ControlConn;
use crate::db::control_tables::{memberships, users};
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, UserId};

/// The user with this address.
pub async fn find_by_email(conn: &mut ControlConn, email: &str) -> DbResult<Option<UserRow>> {
    let query = users::table
        .filter(users::email.eq(email))
        .select(UserRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// As [`find_by_email`], with when the password was changed.
pub async fn find_to_authenticate(
    conn: &mut ControlConn,
    email: &str,
) -> DbResult<Option<(UserRow, Option<DateTime<Utc>>)>> {
    let query = users::table
        .filter(users::email.eq(email))
        .select((UserRow::as_select(), users::password_changed_at));
    Ok(query.first(&mut **conn).await.optional()?)
}

/// When a user has changed his password, if he ever did.
pub async fn password_changed_at(
    conn: &mut ControlConn,
    id: UserId,
) -> DbResult<Option<DateTime<Utc>>> {
    let query = users::table.find(id).select(users::password_changed_at);
    let found: Option<Option<_>> = query.first(&mut **conn).await.optional()?;
    Ok(found.flatten())
}

/// Stores the same password as a new hash, unless it was changed meanwhile.
pub async fn rehash(conn: &mut ControlConn, user: &UserRow, hash: &str) -> DbResult<()> {
    let same = users::table
        .find(user.id)
        .filter(users::password_hash.eq(&user.password_hash));
    let query = diesel::update(same).set(users::password_hash.eq(hash));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Stores another password in place of that of `user`, with which his access
/// tokens end; false if somebody else has done so meanwhile.
pub async fn change_password(
    conn: &mut ControlConn,
    user: &UserRow,
    hash: &str,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let present = users::table
        .find(user.id)
        .filter(users::password_hash.eq(&user.password_hash))
        .select(users::id)
        .for_update();
    let present: Option<UserId> = present.first(&mut **conn).await.optional()?;
    if present.is_some() {
        set_password(conn, user.id, hash, now).await?;
    }
    Ok(present.is_some())
}

/// Stores another password, with which all access tokens of the user end and no
/// device of his is known any more.
pub async fn set_password(
    conn: &mut ControlConn,
    user: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::update(users::table.find(user)).set((
        users::password_hash.eq(hash),
        users::password_changed_at.eq(now),
        users::epoch.eq(users::epoch + 1),
    ));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// The user with this id.
pub async fn find(conn: &mut ControlConn, id: UserId) -> DbResult<Option<UserRow>> {
    let query = users::table.find(id).select(UserRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The dealers a user works for, in the order he joined them.
pub async fn find_dealers(conn: &mut ControlConn, user: UserId) -> DbResult<Vec<DealerId>> {
    let query = memberships::table
        .filter(memberships::user_id.eq(user))
        .order((memberships::created_at, memberships::dealer_id))
        .select(memberships::dealer_id);
    Ok(query.load(&mut **conn).await?)
}

/// What a user is at a dealer, if he works for him.
pub async fn find_membership(
    conn: &mut ControlConn,
    user: UserId,
    dealer: DealerId,
) -> DbResult<Option<MembershipRow>> {
    let query = memberships::table
        .find((user, dealer))
        .select(MembershipRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Adds a user.
pub async fn insert(conn: &mut ControlConn, row: UserRow) -> QueryResult<()> {
    let query = diesel::insert_into(users::table).values(row);
    query.execute(&mut **conn).await.map(|_rows| ())
}

/// Lets a user work for a dealer.
pub async fn insert_membership(conn: &mut ControlConn, row: MembershipRow) -> DbResult<()> {
    let query = diesel::insert_into(memberships::table).values(row);
    query.execute(&mut **conn).await?;
    Ok(())
}
