//! SQL of feeds: how far a dealer's events have become deliveries.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::{webhook_endpoints, webhook_feeds};
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;
use crate::platform::webhooks::model::EndpointState;

/// A dealer, and the last of his events that became deliveries.
pub type Place = (DealerId, i64);

/// Those of the dealers who have a feed.
pub async fn of(conn: &mut ControlConn, dealers: &[DealerId]) -> DbResult<Vec<DealerId>> {
    let query = webhook_feeds::table
        .filter(webhook_feeds::dealer_id.eq_any(dealers))
        .select(webhook_feeds::dealer_id);
    Ok(query.load(&mut **conn).await?)
}

/// Takes feeds whose time has come, those that have waited longest first; they come
/// again after `pause`.
pub async fn claim_due(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    pause: TimeDelta,
    most: i64,
) -> DbResult<Vec<Place>> {
    conn.transaction(async |conn| {
        let due = webhook_feeds::table
            .filter(webhook_feeds::look_at.le(now))
            .order(webhook_feeds::look_at)
            .limit(most)
            .select(webhook_feeds::dealer_id)
            .for_no_key_update()
            .skip_locked();
        let ids: Vec<DealerId> = due.load(&mut **conn).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let claimed =
            diesel::update(webhook_feeds::table.filter(webhook_feeds::dealer_id.eq_any(ids)))
                .set(webhook_feeds::look_at.eq(now + pause))
                .returning((webhook_feeds::dealer_id, webhook_feeds::delivered_through));
        Ok(claimed.get_results(&mut **conn).await?)
    })
    .await
}

/// How far a dealer's feed is, for who moves it on in this transaction; none if there is
/// none, or somebody else is at it.
pub async fn take(conn: &mut ControlConn, dealer: DealerId) -> DbResult<Option<i64>> {
    let query = webhook_feeds::table
        .find(dealer)
        .select(webhook_feeds::delivered_through)
        .for_no_key_update()
        .skip_locked();
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Waits for who moves a dealer's feed on, and lets nobody else until the end of the
/// transaction. Before endpoints, always: so no two wait for each other.
pub async fn lock(conn: &mut ControlConn, dealer: DealerId) -> DbResult<()> {
    let query = webhook_feeds::table
        .find(dealer)
        .select(webhook_feeds::dealer_id)
        .for_no_key_update();
    let _locked: Option<DealerId> = query.first(&mut **conn).await.optional()?;
    Ok(())
}

/// Moves a feed on.
pub async fn advance(conn: &mut ControlConn, dealer: DealerId, through: i64) -> DbResult<()> {
    let query = diesel::update(webhook_feeds::table.find(dealer))
        .set(webhook_feeds::delivered_through.eq(through));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Opens a feed behind this event; one that is open stays where it is. Waits for who
/// moves it on.
pub async fn open(
    conn: &mut ControlConn,
    dealer: DealerId,
    after: i64,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::insert_into(webhook_feeds::table)
        .values((
            webhook_feeds::dealer_id.eq(dealer),
            webhook_feeds::delivered_through.eq(after),
            webhook_feeds::look_at.eq(now),
        ))
        .on_conflict(webhook_feeds::dealer_id)
        .do_update()
        .set(webhook_feeds::look_at.eq(now));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Closes the feed of a dealer none of whose endpoints is enabled.
pub async fn close_if_unused(conn: &mut ControlConn, dealer: DealerId) -> DbResult<()> {
    let enabled = webhook_endpoints::table
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled));
    let query = diesel::delete(webhook_feeds::table.find(dealer))
        .filter(diesel::dsl::not(diesel::dsl::exists(enabled)));
    query.execute(&mut **conn).await?;
    Ok(())
}
