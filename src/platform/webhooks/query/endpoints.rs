//! SQL of endpoints.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::auth::role::{BuiltInRole, RoleCode};
use crate::db::control::ControlConn;
use crate::db::control_tables::{dealers, memberships, users, webhook_endpoints, webhook_feeds};
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::webhooks::model::{
    EndpointChanges, EndpointId, EndpointRow, EndpointState, HealthRow,
};
use crate::tenancy::directory::DealerStatus;

/// How long it takes until an endpoint is looked at again whose job was lost.
pub(in crate::platform::webhooks) const CLAIMED: TimeDelta = TimeDelta::seconds(60);

/// The dealer's endpoints, the oldest first.
pub async fn list(conn: &mut ControlConn, dealer: DealerId) -> DbResult<Vec<EndpointRow>> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.ne(EndpointState::Deleted))
        .order(webhook_endpoints::id)
        .select(EndpointRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Those of the dealer's endpoints that are told of events.
pub async fn enabled(conn: &mut ControlConn, dealer: DealerId) -> DbResult<Vec<EndpointRow>> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled))
        .order(webhook_endpoints::id)
        .select(EndpointRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// An endpoint, if it is the dealer's.
pub async fn find(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: EndpointId,
) -> DbResult<Option<EndpointRow>> {
    let query = webhook_endpoints::table
        .find(id)
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.ne(EndpointState::Deleted))
        .select(EndpointRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// As [`find`]; nobody else changes it until the end of the transaction.
pub async fn lock(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: EndpointId,
) -> DbResult<Option<EndpointRow>> {
    let query = webhook_endpoints::table
        .find(id)
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.ne(EndpointState::Deleted))
        .select(EndpointRow::as_select())
        .for_no_key_update();
    Ok(query.first(&mut **conn).await.optional()?)
}

/// How many the dealer has.
pub async fn count(conn: &mut ControlConn, dealer: DealerId) -> DbResult<i64> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::dealer_id.eq(dealer))
        .filter(webhook_endpoints::state.ne(EndpointState::Deleted))
        .count();
    Ok(query.get_result(&mut **conn).await?)
}

/// Adds an endpoint.
pub async fn insert(conn: &mut ControlConn, row: &EndpointRow) -> DbResult<()> {
    let query = diesel::insert_into(webhook_endpoints::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Changes what people say of an endpoint.
pub async fn update(
    conn: &mut ControlConn,
    id: EndpointId,
    changes: EndpointChanges,
    now: DateTime<Utc>,
) -> DbResult<EndpointRow> {
    let query = diesel::update(webhook_endpoints::table.find(id))
        .set((
            changes,
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
            webhook_endpoints::updated_at.eq(now),
        ))
        .returning(EndpointRow::as_returning());
    Ok(query.get_result(&mut **conn).await?)
}

/// Enables an endpoint, well as it may be, for events behind this one; what it has not
/// got yet is due.
pub async fn enable(
    conn: &mut ControlConn,
    id: EndpointId,
    since: i64,
    now: DateTime<Utc>,
) -> DbResult<EndpointRow> {
    let query = diesel::update(webhook_endpoints::table.find(id))
        .set((
            webhook_endpoints::state.eq(EndpointState::Enabled),
            webhook_endpoints::since_event.eq(since),
            webhook_endpoints::due_at.eq(now),
            HealthRow::default(),
        ))
        .returning(EndpointRow::as_returning());
    Ok(query.get_result(&mut **conn).await?)
}

/// Ends the deliveries to an endpoint; what waits stays.
pub async fn disable(
    conn: &mut ControlConn,
    id: EndpointId,
    state: EndpointState,
) -> DbResult<EndpointRow> {
    let query = diesel::update(webhook_endpoints::table.find(id))
        .set((
            webhook_endpoints::state.eq(state),
            webhook_endpoints::due_at.eq(None::<DateTime<Utc>>),
        ))
        .returning(EndpointRow::as_returning());
    Ok(query.get_result(&mut **conn).await?)
}

/// Notes how an endpoint fares after an attempt.
pub async fn note(
    conn: &mut ControlConn,
    id: EndpointId,
    health: HealthRow,
    is_taken: bool,
) -> DbResult<()> {
    let query = diesel::update(webhook_endpoints::table.find(id)).set((
        health,
        webhook_endpoints::delivered.eq(webhook_endpoints::delivered + i64::from(is_taken)),
        webhook_endpoints::failed.eq(webhook_endpoints::failed + i64::from(!is_taken)),
    ));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Says when an endpoint has to be looked at.
pub async fn set_due(
    conn: &mut ControlConn,
    id: EndpointId,
    due: Option<DateTime<Utc>>,
) -> DbResult<()> {
    let enabled = webhook_endpoints::table
        .find(id)
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled));
    let query = diesel::update(enabled).set(webhook_endpoints::due_at.eq(due));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Takes endpoints whose time has come; they come again if nobody sees to them.
pub async fn claim_due(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<Vec<(EndpointId, DealerId)>> {
    let due = webhook_endpoints::table
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled))
        .filter(webhook_endpoints::due_at.le(now))
        .order(webhook_endpoints::due_at)
        .limit(most)
        .select(webhook_endpoints::id)
        .for_no_key_update()
        .skip_locked();
    let ids: Vec<EndpointId> = due.load(&mut **conn).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let claimed =
        diesel::update(webhook_endpoints::table.filter(webhook_endpoints::id.eq_any(ids)))
            .set(webhook_endpoints::due_at.eq(now + CLAIMED))
            .returning((webhook_endpoints::id, webhook_endpoints::dealer_id));
    Ok(claimed.get_results(&mut **conn).await?)
}

/// Who is told of an endpoint of the dealer: owners, administrators, and who made it if
/// he still works there; ids and addresses.
pub async fn whom_to_tell(
    conn: &mut ControlConn,
    dealer: DealerId,
    maker: Option<UserId>,
) -> DbResult<Vec<(UserId, String)>> {
    let roles = vec![RoleCode::OWNER, RoleCode::BuiltIn(BuiltInRole::Admin)];
    let query = memberships::table
        .inner_join(users::table)
        .filter(memberships::dealer_id.eq(dealer))
        .filter(
            memberships::roles
                .overlaps_with(roles)
                .or(memberships::user_id.nullable().is_not_distinct_from(maker)),
        )
        .order(memberships::user_id)
        .limit(20)
        .select((users::id, users::email));
    Ok(query.load(&mut **conn).await?)
}

/// Endpoints by state.
pub async fn count_by_state(conn: &mut ControlConn) -> DbResult<Vec<(EndpointState, i64)>> {
    let query = webhook_endpoints::table
        .group_by(webhook_endpoints::state)
        .select((webhook_endpoints::state, count_star()));
    Ok(query.load(&mut **conn).await?)
}

/// Enabled endpoints that rest, or have.
pub async fn count_failing(conn: &mut ControlConn) -> DbResult<i64> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled))
        .filter(webhook_endpoints::resting_until.is_not_null())
        .count();
    Ok(query.get_result(&mut **conn).await?)
}

/// Enabled endpoints with something to come.
pub async fn count_due(conn: &mut ControlConn) -> DbResult<i64> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::state.eq(EndpointState::Enabled))
        .filter(webhook_endpoints::due_at.is_not_null())
        .count();
    Ok(query.get_result(&mut **conn).await?)
}

/// Marks endpoints of dealers who were dropped as deleted, and ends their feeds.
pub async fn forget_dropped(conn: &mut ControlConn) -> DbResult<()> {
    let gone = dealers::table
        .filter(dealers::status.eq(DealerStatus::Dropped))
        .select(dealers::id);
    let query = diesel::update(webhook_endpoints::table)
        .filter(webhook_endpoints::state.ne(EndpointState::Deleted))
        .filter(webhook_endpoints::dealer_id.eq_any(gone))
        .set((
            webhook_endpoints::state.eq(EndpointState::Deleted),
            webhook_endpoints::due_at.eq(None::<DateTime<Utc>>),
        ));
    query.execute(&mut **conn).await?;
    let feeds = webhook_feeds::table.filter(webhook_feeds::dealer_id.eq_any(gone));
    diesel::delete(feeds).execute(&mut **conn).await?;
    Ok(())
}

/// Endpoints that are to be thrown away.
pub async fn deleted(conn: &mut ControlConn) -> DbResult<Vec<EndpointId>> {
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::state.eq(EndpointState::Deleted))
        .limit(super::PRUNED_AT_ONCE)
        .select(webhook_endpoints::id);
    Ok(query.load(&mut **conn).await?)
}

/// Throws an endpoint away.
pub async fn delete(conn: &mut ControlConn, id: EndpointId) -> DbResult<()> {
    let query = diesel::delete(webhook_endpoints::table.find(id));
    query.execute(&mut **conn).await?;
    Ok(())
}
