//! SQL of applications.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::oauth_clients;
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;
use crate::platform::oauth::model::{ClientId, ClientRow};

/// What of an application may change; what is absent stays.
#[derive(AsChangeset)]
#[diesel(table_name = oauth_clients)]
pub struct ClientChanges {
    /// What it is called.
    pub name: Option<String>,
    /// Where one reads about it.
    pub homepage: Option<Option<String>>,
    /// Where users may be sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// The most it may ask for.
    pub scope: Option<crate::platform::oauth::scope::Scope>,
    /// Counts changes.
    pub version: i32,
}

/// The application with this id, whosever it is.
pub async fn find(conn: &mut ControlConn, id: ClientId) -> DbResult<Option<ClientRow>> {
    let query = oauth_clients::table.find(id).select(ClientRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The applications with these ids.
pub async fn find_all(conn: &mut ControlConn, ids: &[ClientId]) -> DbResult<Vec<ClientRow>> {
    let query = oauth_clients::table
        .filter(oauth_clients::id.eq_any(ids))
        .select(ClientRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// The application with this id, if it is the dealer's, or the platform's.
pub async fn find_of(
    conn: &mut ControlConn,
    owner: Option<DealerId>,
    id: ClientId,
) -> DbResult<Option<ClientRow>> {
    let query = oauth_clients::table
        .find(id)
        .filter(oauth_clients::dealer_id.is_not_distinct_from(owner))
        .select(ClientRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The applications of a dealer, or of the platform, the latest first.
pub async fn find_many(
    conn: &mut ControlConn,
    owner: Option<DealerId>,
    at_most: i64,
) -> DbResult<Vec<ClientRow>> {
    let query = oauth_clients::table
        .filter(oauth_clients::dealer_id.is_not_distinct_from(owner))
        .order(oauth_clients::id.desc())
        .limit(at_most)
        .select(ClientRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// How many a dealer, or the platform, has.
pub async fn count(conn: &mut ControlConn, owner: Option<DealerId>) -> DbResult<i64> {
    let own = oauth_clients::table.filter(oauth_clients::dealer_id.is_not_distinct_from(owner));
    Ok(own.count().get_result(&mut **conn).await?)
}

/// Adds an application.
pub async fn insert(conn: &mut ControlConn, row: &ClientRow) -> DbResult<()> {
    let query = diesel::insert_into(oauth_clients::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Changes the application, if nobody has since it was of `version`.
pub async fn update(
    conn: &mut ControlConn,
    row: &ClientRow,
    changes: ClientChanges,
) -> DbResult<Option<ClientRow>> {
    let same = oauth_clients::table
        .find(row.id)
        .filter(oauth_clients::version.eq(row.version));
    let query = diesel::update(same)
        .set(changes)
        .returning(ClientRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Puts a secret in the place of the one before, which is good until `until`.
pub async fn replace_secret(
    conn: &mut ControlConn,
    row: &ClientRow,
    mac: &[u8],
    until: DateTime<Utc>,
) -> DbResult<Option<ClientRow>> {
    let same = oauth_clients::table
        .find(row.id)
        .filter(oauth_clients::version.eq(row.version));
    let query = diesel::update(same)
        .set((
            oauth_clients::secret_mac.eq(mac),
            oauth_clients::former_mac.eq(row.secret_mac.as_ref()),
            oauth_clients::former_until.eq(until),
            oauth_clients::version.eq(row.version.saturating_add(1)),
        ))
        .returning(ClientRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Deletes an application, with all that users have granted it.
pub async fn delete(conn: &mut ControlConn, id: ClientId) -> DbResult<bool> {
    let query = diesel::delete(oauth_clients::table.find(id));
    Ok(query.execute(&mut **conn).await? > 0)
}
