//! SQL of grants.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::oauth_grants;
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::oauth::model::{ClientId, GRANTS, GrantId, GrantRow};

/// The grant with this id.
pub async fn find(conn: &mut ControlConn, id: GrantId) -> DbResult<Option<GrantRow>> {
    let query = oauth_grants::table.find(id).select(GrantRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// What a user lets an application do at a dealer.
pub async fn find_of(
    conn: &mut ControlConn,
    client: ClientId,
    user: UserId,
    dealer: DealerId,
) -> DbResult<Option<GrantRow>> {
    let query = oauth_grants::table
        .filter(oauth_grants::client_id.eq(client))
        .filter(oauth_grants::user_id.eq(user))
        .filter(oauth_grants::dealer_id.eq(dealer))
        .select(GrantRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// What a user lets applications do, at whichever dealer; the last used first.
pub async fn find_many(conn: &mut ControlConn, user: UserId) -> DbResult<Vec<GrantRow>> {
    let query = oauth_grants::table
        .filter(oauth_grants::user_id.eq(user))
        .order((oauth_grants::used_at.desc(), oauth_grants::id))
        .limit(GRANTS)
        .select(GrantRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Adds a grant, or adds to the one there is; the last unused make room.
pub async fn put(conn: &mut ControlConn, row: &GrantRow) -> DbResult<GrantRow> {
    let query = diesel::insert_into(oauth_grants::table)
        .values(row.clone())
        .on_conflict((
            oauth_grants::client_id,
            oauth_grants::user_id,
            oauth_grants::dealer_id,
        ))
        .do_update()
        .set((
            oauth_grants::scope.eq(&row.scope),
            oauth_grants::used_at.eq(row.used_at),
        ))
        .returning(GrantRow::as_returning());
    let put: GrantRow = query.get_result(&mut **conn).await?;
    make_room(conn, row.user_id).await?;
    Ok(put)
}

async fn make_room(conn: &mut ControlConn, user: UserId) -> DbResult<()> {
    let unused = oauth_grants::table
        .filter(oauth_grants::user_id.eq(user))
        .order((oauth_grants::used_at.desc(), oauth_grants::id))
        .offset(GRANTS)
        .select(oauth_grants::id);
    let unused: Vec<GrantId> = unused.load(&mut **conn).await?;
    if !unused.is_empty() {
        let gone = oauth_grants::table.filter(oauth_grants::id.eq_any(unused));
        diesel::delete(gone).execute(&mut **conn).await?;
    }
    Ok(())
}

/// Takes a user's grant back, with its sessions and codes; gives what it was. Nodes
/// hear of the sessions by a trigger.
pub async fn delete(
    conn: &mut ControlConn,
    user: UserId,
    id: GrantId,
) -> DbResult<Option<GrantRow>> {
    let own = oauth_grants::table
        .find(id)
        .filter(oauth_grants::user_id.eq(user));
    let query = diesel::delete(own).returning(GrantRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}
