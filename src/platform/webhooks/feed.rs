//! From events to deliveries.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::deliver;
use super::filter::wants;
use super::message::Message;
use super::model::{DeliveryRow, EndpointRow};
use super::query::{deliveries, endpoints, feeds};
use super::service::Webhooks;
use crate::db::control::ControlConn;
use crate::db::observe::StatementCount;
use crate::error::AppResult;
use crate::events::{Event, EventId};
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::Directory;
use crate::tenancy::{Access, TenantPool, TenantTx};

/// The part of the system that reads.
const PART: &str = "webhooks";
/// Events that become deliveries in one transaction.
const PAGE: i64 = 200;
/// Such transactions before other dealers have their turn.
const PAGES: usize = 10;
/// Deliveries that are written by one statement.
const AT_ONCE: usize = 1000;

/// Reads dealers' events and orders deliveries.
#[derive(Clone)]
pub struct Feeder {
    /// Where deliveries are ordered.
    pub webhooks: Webhooks,
    /// Dealers by id.
    pub directory: Directory,
    /// The way to their events.
    pub tenants: TenantPool,
}

impl Feeder {
    /// Makes deliveries of new events of a dealer, 2,000 at most, if he has a feed and
    /// nobody else is at it; whether there may be more.
    pub async fn feed(&self, dealer: DealerId) -> AppResult<bool> {
        for _page in 0..PAGES {
            let read = self.feed_page(dealer).await?;
            if i64::try_from(read).is_ok_and(|read| read < PAGE) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a dealer has events behind this one.
    pub async fn is_behind(&self, dealer: DealerId, through: i64) -> AppResult<bool> {
        let mut tx = self.read(dealer).await?;
        let last = tx.last_event().await;
        tx.release();
        Ok(last?.number() > through)
    }

    async fn feed_page(&self, dealer: DealerId) -> AppResult<usize> {
        let mut conn = self.webhooks.control().checkout().await?;
        conn.transaction(async |conn| {
            let Some(through) = feeds::take(conn, dealer).await? else {
                return Ok(0);
            };
            let mut tx = self.read(dealer).await?;
            let events = tx.events_after(EventId::new(through), PAGE).await;
            tx.release();
            let events = events?;
            let (Some(first), Some(last)) = (events.first(), events.last()) else {
                return Ok(0);
            };
            self.count_missed(dealer, through, first.id.number());
            let now = self.webhooks.now();
            self.order(conn, dealer, &events, now).await?;
            feeds::advance(conn, dealer, last.id.number()).await?;
            Ok(events.len())
        })
        .await
    }

    async fn read(&self, dealer: DealerId) -> AppResult<TenantTx> {
        let context = Arc::new(self.directory.admit_system(dealer, PART).await?);
        let count = StatementCount::default();
        Ok(self.tenants.begin(context, Access::Read, &count).await?)
    }

    async fn order(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        events: &[Event],
        now: DateTime<Utc>,
    ) -> AppResult<()> {
        let enabled = endpoints::enabled(conn, dealer).await?;
        let rows = rows(&enabled, events, now);
        let mut told = Vec::new();
        for some in rows.chunks(AT_ONCE) {
            told.extend(deliveries::insert(conn, some.to_vec()).await?);
        }
        for endpoint in enabled.iter().filter(|one| told.contains(&one.id)) {
            deliver::order(conn, endpoint, now).await?;
        }
        self.webhooks.figures().written.add(told.len());
        Ok(())
    }

    /// Ids have no gaps, so what is not there was deleted too soon, or the dealer's rows
    /// have been replaced.
    fn count_missed(&self, dealer: DealerId, through: i64, first: i64) {
        if first > through.saturating_add(1) {
            self.webhooks.figures().missed.add_one();
            tracing::warn!(%dealer, through, first, "events between these are there no more; no webhook tells of them");
        }
    }
}

/// A delivery for each event and each endpoint that wants it.
fn rows(enabled: &[EndpointRow], events: &[Event], now: DateTime<Utc>) -> Vec<DeliveryRow> {
    let mut rows = Vec::new();
    for event in events {
        let hears = |one: &&EndpointRow| {
            event.id.number() > one.since_event && wants(&one.events, &event.name)
        };
        for endpoint in enabled.iter().filter(hears) {
            let message = Message::of(endpoint.dealer_id, event);
            rows.push(DeliveryRow::new(endpoint, now, message));
        }
    }
    rows
}
