//! SQL of deliveries under way.

use chrono::{DateTime, Utc};
use diesel::dsl::min;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::{webhook_attempts, webhook_deliveries};
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;
use crate::platform::webhooks::model::{
    AttemptRow, DeliveryId, DeliveryRow, EndpointId, WebhookDeliveryState,
};

/// Adds deliveries, but for those that are there; gives to which endpoints some were new.
pub async fn insert(conn: &mut ControlConn, rows: Vec<DeliveryRow>) -> DbResult<Vec<EndpointId>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let query = diesel::insert_into(webhook_deliveries::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(webhook_deliveries::endpoint_id);
    Ok(query.get_results(&mut **conn).await?)
}

/// What is due at an endpoint, what has waited longest first.
pub async fn due(
    conn: &mut ControlConn,
    endpoint: EndpointId,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<Vec<DeliveryRow>> {
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::state.eq(WebhookDeliveryState::Pending))
        .filter(webhook_deliveries::due_at.le(now))
        .order((webhook_deliveries::due_at, webhook_deliveries::id))
        .limit(most)
        .select(DeliveryRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// When the next delivery to an endpoint is due, if any waits.
pub async fn next_due(
    conn: &mut ControlConn,
    endpoint: EndpointId,
) -> DbResult<Option<DateTime<Utc>>> {
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::state.eq(WebhookDeliveryState::Pending))
        .select(min(webhook_deliveries::due_at));
    Ok(query.first(&mut **conn).await?)
}

/// Notes an attempt at a delivery and what became of it: its state, and when it is due.
/// False if it was replayed or noted meanwhile.
pub async fn note(
    conn: &mut ControlConn,
    delivery: &DeliveryRow,
    (state, due): (WebhookDeliveryState, DateTime<Utc>),
    attempt: AttemptRow,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let finished = (state != WebhookDeliveryState::Pending).then_some(now);
    let as_it_was = webhook_deliveries::table
        .find(delivery.id)
        .filter(webhook_deliveries::tries.eq(delivery.tries))
        .filter(webhook_deliveries::state.eq(WebhookDeliveryState::Pending));
    let query = diesel::update(as_it_was).set((
        webhook_deliveries::state.eq(state),
        webhook_deliveries::due_at.eq(due),
        webhook_deliveries::finished_at.eq(finished),
        webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        webhook_deliveries::tries.eq(attempt.number),
    ));
    let is_noted = query.execute(&mut **conn).await? > 0;
    if is_noted {
        diesel::insert_into(webhook_attempts::table)
            .values(attempt)
            .on_conflict_do_nothing()
            .execute(&mut **conn)
            .await?;
    }
    Ok(is_noted)
}

/// Has a delivery of the dealer's sent anew.
pub async fn replay(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> DbResult<Option<DeliveryRow>> {
    let own = webhook_deliveries::table
        .find(id)
        .filter(webhook_deliveries::dealer_id.eq(dealer));
    let query = diesel::update(own)
        .set(anew(now))
        .returning(DeliveryRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Deliveries to an endpoint of events of some time, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// To which endpoint.
    pub endpoint: EndpointId,
    /// What happened at this time or later.
    pub from: DateTime<Utc>,
    /// And before this.
    pub to: DateTime<Utc>,
    /// Those as well that were delivered.
    pub delivered: bool,
}

/// Has deliveries of a range sent anew, `most` of them, those that happened first; gives
/// when each of those happened. What has never been tried waits anyhow.
pub async fn replay_range(
    conn: &mut ControlConn,
    range: Range,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<Vec<DateTime<Utc>>> {
    let is_tried = webhook_deliveries::attempts.gt(0);
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(range.endpoint))
        .filter(webhook_deliveries::happened_at.ge(range.from))
        .filter(webhook_deliveries::happened_at.lt(range.to))
        .filter(is_tried.or(webhook_deliveries::state.ne(WebhookDeliveryState::Pending)))
        .order((webhook_deliveries::happened_at, webhook_deliveries::id))
        .limit(most)
        .select((webhook_deliveries::id, webhook_deliveries::happened_at))
        .into_boxed();
    if !range.delivered {
        query = query.filter(webhook_deliveries::state.ne(WebhookDeliveryState::Delivered));
    }
    let found: Vec<(DeliveryId, DateTime<Utc>)> = query.load(&mut **conn).await?;
    let (ids, happened): (Vec<DeliveryId>, Vec<DateTime<Utc>>) = found.into_iter().unzip();
    let rows = webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids));
    diesel::update(rows)
        .set(anew(now))
        .execute(&mut **conn)
        .await?;
    Ok(happened)
}

type Anew = (
    diesel::dsl::Eq<webhook_deliveries::state, WebhookDeliveryState>,
    diesel::dsl::Eq<webhook_deliveries::due_at, DateTime<Utc>>,
    diesel::dsl::Eq<webhook_deliveries::attempts, i32>,
    diesel::dsl::Eq<webhook_deliveries::finished_at, Option<DateTime<Utc>>>,
);

fn anew(now: DateTime<Utc>) -> Anew {
    (
        webhook_deliveries::state.eq(WebhookDeliveryState::Pending),
        webhook_deliveries::due_at.eq(now),
        webhook_deliveries::attempts.eq(0),
        webhook_deliveries::finished_at.eq(None),
    )
}

/// Throws away deliveries ordered before `before`, some at a time; gives how many.
pub async fn prune(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let old = webhook_deliveries::table
        .filter(webhook_deliveries::created_at.lt(before))
        .limit(super::PRUNED_AT_ONCE)
        .select(webhook_deliveries::id);
    let ids: Vec<DeliveryId> = old.load(&mut **conn).await?;
    delete(conn, ids).await
}

/// Throws away deliveries to an endpoint, some at a time; gives how many.
pub async fn prune_endpoint(conn: &mut ControlConn, endpoint: EndpointId) -> DbResult<usize> {
    let his = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .limit(super::PRUNED_AT_ONCE)
        .select(webhook_deliveries::id);
    let ids: Vec<DeliveryId> = his.load(&mut **conn).await?;
    delete(conn, ids).await
}

async fn delete(conn: &mut ControlConn, ids: Vec<DeliveryId>) -> DbResult<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let rows = webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids));
    Ok(diesel::delete(rows).execute(&mut **conn).await?)
}
