//! SQL of users and memberships.

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
