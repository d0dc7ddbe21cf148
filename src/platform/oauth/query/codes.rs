//! SQL of codes. Using one is one UPDATE, so that of many at once one succeeds.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::oauth_codes;
use crate::db::error::DbResult;
use crate::kernel::ids::SessionId;
use crate::platform::oauth::model::{CODES, CodeRow};

/// Most rows that go in one statement.
const PRUNED_AT_ONCE: i64 = 10_000;

/// Adds a code; those that wait for longest make room.
pub async fn insert(conn: &mut ControlConn, row: &CodeRow) -> DbResult<()> {
    let query = diesel::insert_into(oauth_codes::table).values(row.clone());
    query.execute(&mut **conn).await?;
    let waiting = oauth_codes::table
        .filter(oauth_codes::grant_id.eq(row.grant_id))
        .filter(oauth_codes::used_at.is_null())
        .order((oauth_codes::expires_at.desc(), oauth_codes::code_hash))
        .offset(CODES)
        .select(oauth_codes::code_hash);
    let waiting: Vec<Vec<u8>> = waiting.load(&mut **conn).await?;
    if !waiting.is_empty() {
        let gone = oauth_codes::table.filter(oauth_codes::code_hash.eq_any(waiting));
        diesel::delete(gone).execute(&mut **conn).await?;
    }
    Ok(())
}

/// The code, whatever has become of it.
pub async fn find(conn: &mut ControlConn, hash: &[u8]) -> DbResult<Option<CodeRow>> {
    let query = oauth_codes::table.find(hash).select(CodeRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Uses the code up; says whether it was good until now. Others who try wait until
/// the transaction is over.
pub async fn use_up(conn: &mut ControlConn, hash: &[u8], now: DateTime<Utc>) -> DbResult<bool> {
    let good = oauth_codes::table
        .find(hash)
        .filter(oauth_codes::used_at.is_null())
        .filter(oauth_codes::expires_at.gt(now));
    let query = diesel::update(good).set(oauth_codes::used_at.eq(now));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Notes what a code was traded for.
pub async fn set_session(conn: &mut ControlConn, hash: &[u8], session: SessionId) -> DbResult<()> {
    let query =
        diesel::update(oauth_codes::table.find(hash)).set(oauth_codes::session_id.eq(session));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Deletes codes whose time was over before `before`, some at a time; says how many.
pub async fn prune(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let old = oauth_codes::table
        .filter(oauth_codes::expires_at.lt(before))
        .limit(PRUNED_AT_ONCE)
        .select(oauth_codes::code_hash);
    let old: Vec<Vec<u8>> = old.load(&mut **conn).await?;
    let gone = oauth_codes::table.filter(oauth_codes::code_hash.eq_any(old));
    Ok(diesel::delete(gone).execute(&mut **conn).await?)
}
