//! SQL of invitations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{InvitationId, InvitationRow};
use crate::db::control::ControlConn;
use crate::db::control_tables::{invitations, memberships, users};
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::identity::model::UserRow;

/// An invitation, and who asked.
pub type Asked = (InvitationRow, Option<UserRow>);

/// Adds an invitation.
pub async fn insert(conn: &mut ControlConn, row: &InvitationRow) -> QueryResult<()> {
    let query = diesel::insert_into(invitations::table).values(row);
    query.execute(&mut **conn).await.map(|_rows| ())
}

/// The invitation with this id, if it is open.
pub async fn find_open(
    conn: &mut ControlConn,
    id: InvitationId,
    now: DateTime<Utc>,
) -> DbResult<Option<InvitationRow>> {
    let query = invitations::table
        .find(id)
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .select(InvitationRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The open invitations of a dealer, newest first, `most` of them.
pub async fn find_all_open(
    conn: &mut ControlConn,
    dealer: DealerId,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<Vec<Asked>> {
    let asker = users::id.nullable().eq(invitations::invited_by);
    let query = invitations::table
        .left_join(users::table.on(asker))
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .order((invitations::created_at.desc(), invitations::id.desc()))
        .limit(most)
        .select((InvitationRow::as_select(), Option::<UserRow>::as_select()));
    Ok(query.load(&mut **conn).await?)
}

/// How many a dealer has sent since then.
pub async fn count_since(
    conn: &mut ControlConn,
    dealer: DealerId,
    since: DateTime<Utc>,
) -> DbResult<i64> {
    let query = invitations::table
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::created_at.gt(since));
    Ok(query.count().get_result(&mut **conn).await?)
}

/// Takes back what this address has been asked by this dealer, and not answered.
pub async fn revoke_for(
    conn: &mut ControlConn,
    dealer: DealerId,
    email: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::update(invitations::table)
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::email.eq(email))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .set(invitations::revoked_at.eq(now));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Takes back an open invitation of this dealer.
pub async fn revoke(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> DbResult<Option<InvitationRow>> {
    let query = diesel::update(invitations::table.find(id))
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .set(invitations::revoked_at.eq(now))
        .returning(InvitationRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Notes that an open invitation is accepted; none if it is open no more. Of two
/// at the same moment, one gets it.
pub async fn accept(
    conn: &mut ControlConn,
    id: InvitationId,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<Option<InvitationRow>> {
    let query = diesel::update(invitations::table.find(id))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .set((
            invitations::accepted_at.eq(now),
            invitations::accepted_by.eq(user),
        ))
        .returning(InvitationRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Whether whoever has this address works for the dealer.
pub async fn is_member(conn: &mut ControlConn, dealer: DealerId, email: &str) -> DbResult<bool> {
    let member = memberships::table
        .inner_join(users::table)
        .filter(memberships::dealer_id.eq(dealer))
        .filter(users::email.eq(email));
    Ok(diesel::select(diesel::dsl::exists(member))
        .get_result(&mut **conn)
        .await?)
}

/// How many invitations of a dealer are open.
pub async fn count_open(
    conn: &mut ControlConn,
    dealer: DealerId,
    now: DateTime<Utc>,
) -> DbResult<i64> {
    let query = invitations::table
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now));
    Ok(query.count().get_result(&mut **conn).await?)
}
