//! The job that sends what is due at one endpoint.
//!
//! There is one of an endpoint at a time, on whichever node, so an endpoint never gets
//! more than `AT_ONCE` messages at once. It ends when nothing is due any more, when the
//! endpoint rests, and after a while in any case, so that others have their turn. Who
//! wakes it is said in the endpoint's row (`due_at`), by the clock of the program.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::attempt::Attempt;
pub use super::attempt::Post;
use super::health::{Remedy, Sign};
use super::model::{DeliveryRow, EndpointId, EndpointRow, EndpointState, WebhookDeliveryState};
use super::query::endpoints::CLAIMED;
use super::query::{deliveries, endpoints, secrets};
use super::schedule::pause_after;
use super::secret::Key;
use super::service::Webhooks;
use crate::db::control::ControlConn;
use crate::error::{AppError, AppResult};
use crate::jobs::{JobContext, JobError, JobKind, JobOrder, JobResult, Limits, Queue};
use crate::kernel::chance;
use crate::kernel::ids::DealerId;

/// Messages under way to one endpoint.
const AT_ONCE: usize = 4;
/// Messages that are read at once.
const PAGE: i64 = 16;
/// After so long others have their turn.
const SHIFT: Duration = Duration::from_secs(30);
/// The pause after a failure of our own.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Sends what is due at an endpoint.
pub struct Deliver {
    /// Where it is kept.
    pub webhooks: Webhooks,
    /// How it leaves.
    pub post: Post,
}

/// Which endpoint.
#[derive(Serialize, Deserialize)]
pub struct At {
    /// Its id.
    pub endpoint: EndpointId,
}

/// Some messages that are due, and what they are signed by.
struct Round {
    endpoint: EndpointRow,
    due: Vec<DeliveryRow>,
    keys: Vec<Key>,
}

/// Has what is due at an endpoint sent, now or when it has rested, if the transaction
/// commits.
pub(super) async fn order(
    conn: &mut ControlConn,
    endpoint: &EndpointRow,
    now: DateTime<Utc>,
) -> AppResult<()> {
    if let Some(until) = endpoint.health.resting_until.filter(|until| *until > now) {
        return Ok(endpoints::set_due(conn, endpoint.id, Some(until)).await?);
    }
    endpoints::set_due(conn, endpoint.id, Some(now + CLAIMED)).await?;
    enqueue(conn, endpoint.dealer_id, endpoint.id).await
}

/// Orders the job of an endpoint, if there is none.
pub(super) async fn enqueue(
    conn: &mut ControlConn,
    dealer: DealerId,
    endpoint: EndpointId,
) -> AppResult<()> {
    let order = JobOrder::of::<Deliver>(&At { endpoint })?.unique(&endpoint.to_string());
    Queue::enqueue_for(conn, Some(dealer), &order).await?;
    Ok(())
}

impl JobKind for Deliver {
    const NAME: &'static str = "webhooks.deliver";
    const LIMITS: Limits = Limits {
        attempts: 100,
        time: Duration::from_mins(3),
        ..Limits::DEFAULT
    };
    type Payload = At;

    async fn run(&self, job: JobContext, at: At) -> JobResult {
        match self.work(&job, at.endpoint).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(JobError::NotNow(Duration::ZERO)),
            Err(error) => Err(JobError::Later(AFTER_FAILURE, format!("{error:?}"))),
        }
    }
}

impl Deliver {
    /// Sends what is due; whether there may be more.
    async fn work(&self, job: &JobContext, endpoint: EndpointId) -> AppResult<bool> {
        let Some(context) = job.dealer() else {
            return Ok(false);
        };
        let (dealer, end) = (context.dealer().id, Instant::now() + SHIFT);
        loop {
            let Some(round) = self.round(dealer, endpoint).await? else {
                return Ok(false);
            };
            self.send(job, round).await?;
            if job.is_stopping() || Instant::now() >= end {
                return Ok(true);
            }
        }
    }

    /// What is due at this moment; if nothing is, or may be sent, the endpoint's row says
    /// when to look again. One message only while the endpoint fails.
    async fn round(&self, dealer: DealerId, id: EndpointId) -> AppResult<Option<Round>> {
        let now = self.webhooks.now();
        let mut conn = self.webhooks.control().checkout().await?;
        conn.transaction(async |conn| {
            let endpoint = endpoints::lock(conn, dealer, id).await?;
            let is_enabled = |row: &EndpointRow| row.state == EndpointState::Enabled;
            let Some(endpoint) = endpoint.filter(is_enabled) else {
                return Ok(None);
            };
            if endpoint.health.is_resting(now) {
                endpoints::set_due(conn, id, endpoint.health.resting_until).await?;
                return Ok(None);
            }
            let most = if endpoint.health.is_in_trouble() {
                1
            } else {
                PAGE
            };
            let due = deliveries::due(conn, id, now, most).await?;
            if due.is_empty() {
                let next = deliveries::next_due(conn, id).await?;
                endpoints::set_due(conn, id, next).await?;
                return Ok(None);
            }
            let keys = self.keys(conn, id, now).await?;
            Ok(Some(Round {
                endpoint,
                due,
                keys,
            }))
        })
        .await
    }

    async fn keys(
        &self,
        conn: &mut ControlConn,
        id: EndpointId,
        now: DateTime<Utc>,
    ) -> AppResult<Vec<Key>> {
        let rows = secrets::in_use(conn, &[id], now).await?;
        let vault = &self.webhooks.parts().vault;
        let keys: AppResult<Vec<Key>> = rows.iter().map(|row| Key::open(vault, row)).collect();
        match keys? {
            keys if keys.is_empty() => Err(AppError::internal(format!("{id} has no secret"))),
            keys => Ok(keys),
        }
    }

    /// Sends what is due, a few at a time; no more of it once the endpoint is in trouble.
    async fn send(&self, job: &JobContext, round: Round) -> AppResult<()> {
        let Round {
            endpoint,
            due,
            keys,
        } = round;
        let mut waiting = due.into_iter();
        let mut under_way = FuturesUnordered::new();
        let mut goes_on = true;
        loop {
            while goes_on && under_way.len() < AT_ONCE && !job.is_stopping() {
                match waiting.next() {
                    Some(delivery) => under_way.push(self.send_one(&endpoint, &keys, delivery)),
                    None => goes_on = false,
                }
            }
            match under_way.next().await {
                Some(sent) => goes_on &= sent?,
                None => return Ok(()),
            }
        }
    }

    /// Sends a message and notes what became of it; whether more may be sent.
    async fn send_one(
        &self,
        endpoint: &EndpointRow,
        keys: &[Key],
        delivery: DeliveryRow,
    ) -> AppResult<bool> {
        let now = self.webhooks.now();
        let attempt = self.post.attempt(&endpoint.url, &delivery, keys, now).await;
        let figures = self.webhooks.figures();
        figures.attempted(attempt.row.fault, attempt.took);
        tracing::debug!(endpoint = %endpoint.id, message = delivery.message_id,
            status = attempt.row.status, fault = ?attempt.row.fault, "webhook sent");
        self.note(endpoint, &delivery, attempt).await
    }

    async fn note(
        &self,
        endpoint: &EndpointRow,
        delivery: &DeliveryRow,
        attempt: Attempt,
    ) -> AppResult<bool> {
        let (dealer, id, now) = (endpoint.dealer_id, endpoint.id, self.webhooks.now());
        let Attempt { row, sign, .. } = attempt;
        let (status, answered) = (row.status, sign == Sign::Well);
        let mut conn = self.webhooks.control().checkout().await?;
        let outcome = outcome(delivery, sign, now);
        let (goes_on, remedy) = conn
            .transaction(async |conn| -> AppResult<(bool, Remedy)> {
                let Some(present) = endpoints::lock(conn, dealer, id).await? else {
                    return Ok((false, Remedy::Nothing));
                };
                deliveries::note(conn, delivery, outcome, row, now).await?;
                let (health, remedy) = present.health.after(sign, now, chance::byte());
                endpoints::note(conn, id, health, answered).await?;
                if present.state != EndpointState::Enabled {
                    return Ok((false, Remedy::Nothing));
                }
                if remedy == Remedy::Warn {
                    super::notices::failing(conn, &present, now).await?;
                }
                Ok((!health.is_in_trouble(), remedy))
            })
            .await?;
        drop(conn);
        if matches!(remedy, Remedy::Disable | Remedy::Retire) {
            self.webhooks.give_up(dealer, id, remedy, status).await?;
            return Ok(false);
        }
        Ok(goes_on)
    }
}

/// Where a delivery stands after an attempt, and when it is due again.
fn outcome(
    delivery: &DeliveryRow,
    sign: Sign,
    now: DateTime<Utc>,
) -> (WebhookDeliveryState, DateTime<Utc>) {
    if sign == Sign::Well {
        return (WebhookDeliveryState::Delivered, delivery.due_at);
    }
    match pause_after(delivery.attempts.saturating_add(1), chance::byte()) {
        Some(pause) => (WebhookDeliveryState::Pending, now + pause),
        None => (WebhookDeliveryState::Failed, delivery.due_at),
    }
}
