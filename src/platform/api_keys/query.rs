//! SQL of API keys.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{ApiKeyRow, KEPT_FOR};
use crate::auth::api_key::ApiKeyId;
use crate::db::control::ControlConn;
use crate::db::control_tables::api_keys;
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;

/// The key that is found by this part of it.
pub async fn find_by_lookup(conn: &mut ControlConn, lookup: &str) -> DbResult<Option<ApiKeyRow>> {
    let query = api_keys::table
        .filter(api_keys::lookup.eq(lookup))
        .select(ApiKeyRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// The key with this id, if it is the dealer's.
pub async fn find(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: ApiKeyId,
) -> DbResult<Option<ApiKeyRow>> {
    let query = api_keys::table
        .find(id)
        .filter(api_keys::dealer_id.eq(dealer))
        .select(ApiKeyRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Keys of a dealer, the latest first, made before the key `before`.
pub async fn find_many(
    conn: &mut ControlConn,
    dealer: DealerId,
    before: Option<ApiKeyId>,
    at_most: i64,
) -> DbResult<Vec<ApiKeyRow>> {
    let mut query = api_keys::table
        .filter(api_keys::dealer_id.eq(dealer))
        .order(api_keys::id.desc())
        .limit(at_most)
        .select(ApiKeyRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(api_keys::id.lt(before));
    }
    Ok(query.load(&mut **conn).await?)
}

/// How many keys of a dealer are good at `now`.
pub async fn count_good(
    conn: &mut ControlConn,
    dealer: DealerId,
    now: DateTime<Utc>,
) -> DbResult<i64> {
    let good = api_keys::table
        .filter(api_keys::dealer_id.eq(dealer))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now));
    Ok(good.count().get_result(&mut **conn).await?)
}

/// Adds a key.
pub async fn insert(conn: &mut ControlConn, row: &ApiKeyRow) -> DbResult<()> {
    let query = diesel::insert_into(api_keys::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Names the key that takes the place of `old`, which ends at `end` at the latest;
/// says whether it still had the place.
pub async fn replace(
    conn: &mut ControlConn,
    old: &ApiKeyRow,
    by: ApiKeyId,
    end: DateTime<Utc>,
) -> DbResult<bool> {
    let current = api_keys::table
        .find(old.id)
        .filter(api_keys::epoch.eq(old.epoch))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::replaced_by.is_null());
    let query = diesel::update(current).set((
        api_keys::replaced_by.eq(by),
        api_keys::expires_at.eq(end.min(old.expires_at)),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Revokes a key of the dealer's, unless it is; says whether it was good. Nodes
/// hear of it by a trigger.
pub async fn revoke(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let good = api_keys::table
        .find(id)
        .filter(api_keys::dealer_id.eq(dealer))
        .filter(api_keys::revoked_at.is_null());
    let query = diesel::update(good).set(api_keys::revoked_at.eq(now));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Notes that keys were used.
pub async fn note_used(
    conn: &mut ControlConn,
    ids: &[ApiKeyId],
    now: DateTime<Utc>,
) -> DbResult<()> {
    let used = api_keys::table.filter(api_keys::id.eq_any(ids));
    let query = diesel::update(used).set(api_keys::last_used_at.eq(now));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Deletes the dealer's keys whose end is long ago.
pub async fn prune(conn: &mut ControlConn, dealer: DealerId, now: DateTime<Utc>) -> DbResult<()> {
    let before = now - KEPT_FOR;
    let old = api_keys::table
        .filter(api_keys::dealer_id.eq(dealer))
        .filter(
            api_keys::expires_at.lt(before).or(api_keys::revoked_at
                .is_not_null()
                .and(api_keys::revoked_at.assume_not_null().lt(before))),
        );
    diesel::delete(old).execute(&mut **conn).await?;
    Ok(())
}
