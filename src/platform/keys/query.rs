//! SQL of signing keys.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::signing_keys;
use crate::db::error::DbResult;

/// A key as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = signing_keys, check_for_backend(diesel::pg::Pg))]
pub struct KeyRow {
    /// What tokens call it.
    pub kid: String,
    /// The private key, sealed.
    pub seed_sealed: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it signs.
    pub active_from: DateTime<Utc>,
    /// From when on it is believed no more.
    pub retired_at: Option<DateTime<Utc>>,
}

/// The keys that are believed at `now`, the oldest first.
pub async fn current(conn: &mut ControlConn, now: DateTime<Utc>) -> DbResult<Vec<KeyRow>> {
    let query = signing_keys::table
        .filter(
            signing_keys::retired_at
                .is_null()
                .or(signing_keys::retired_at.gt(now)),
        )
        .order((signing_keys::active_from, signing_keys::kid))
        .select(KeyRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// All keys there ever were, the newest first.
pub async fn all(conn: &mut ControlConn) -> DbResult<Vec<KeyRow>> {
    let query = signing_keys::table
        .order((signing_keys::active_from.desc(), signing_keys::kid))
        .select(KeyRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Adds a key.
pub async fn insert(conn: &mut ControlConn, row: KeyRow) -> DbResult<()> {
    let query = diesel::insert_into(signing_keys::table).values(row);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Gives all keys but `kid` an end, unless they have an earlier one.
pub async fn retire_others(conn: &mut ControlConn, kid: &str, at: DateTime<Utc>) -> DbResult<()> {
    let others = signing_keys::table
        .filter(signing_keys::kid.ne(kid))
        .filter(
            signing_keys::retired_at
                .is_null()
                .or(signing_keys::retired_at.gt(at)),
        );
    let query = diesel::update(others).set(signing_keys::retired_at.eq(at));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Ends one key; says whether there was one to end.
pub async fn retire(conn: &mut ControlConn, kid: &str, at: DateTime<Utc>) -> DbResult<bool> {
    let key = signing_keys::table.find(kid).filter(
        signing_keys::retired_at
            .is_null()
            .or(signing_keys::retired_at.gt(at)),
    );
    let query = diesel::update(key).set(signing_keys::retired_at.eq(at));
    Ok(query.execute(&mut **conn).await? > 0)
}
