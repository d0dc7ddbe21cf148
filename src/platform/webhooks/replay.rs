//! Sending again what was sent, or for the first time what never was.

use chrono::{DateTime, Utc};

use super::input::WebhookReplayInput;
use super::log::LoggedRow;
use super::message::Message;
use super::model::{DeliveryId, DeliveryRow, EndpointId, EndpointRow, EndpointState};
use super::query::deliveries::{self, Range};
use super::query::{endpoints, log};
use super::service::{Webhooks, found, not_enabled};
use super::{deliver, filter};
use crate::db::control::ControlConn;
use crate::error::{AppError, ErrorCode, ServiceResult, UserError};
use crate::events::EventId;
use crate::kernel::ids::DealerId;
use crate::tenancy::TenantTx;

/// Most deliveries of one replay: as many as one transaction can tell events.
pub const MOST: usize = 10_000;
/// Events that are read at once.
const PAGE: i64 = 500;

/// What is to be sent again.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// One delivery.
    One(DeliveryId),
    /// What happened in some time.
    Range(Range),
}

/// What is sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// So many deliveries.
    pub count: usize,
    /// From when on there is more, if that was not all.
    pub continue_from: Option<DateTime<Utc>>,
}

impl Wanted {
    /// What the input asks for.
    pub fn of(input: &WebhookReplayInput, now: DateTime<Utc>) -> ServiceResult<Self> {
        match (input.delivery_id, input.endpoint_id, input.from) {
            (Some(id), None, None) => Ok(Self::One(id)),
            (None, Some(endpoint), Some(from)) => {
                let to = input.to.unwrap_or(now);
                if from >= to {
                    return Err(wrong("to", "must be later than from").into());
                }
                Ok(Self::Range(Range {
                    endpoint,
                    from,
                    to,
                    delivered: input.include_delivered,
                }))
            }
            (None, Some(_), None) => Err(wrong("from", "say from when on").into()),
            _ => Err(wrong(
                "deliveryId",
                "say either deliveryId, or endpointId and from",
            )
            .into()),
        }
    }
}

impl Webhooks {
    /// Sends again what is wanted. Events that were never sent are read through `tx`.
    pub async fn replay(&self, tx: &mut TenantTx, wanted: Wanted) -> ServiceResult<Replayed> {
        let dealer = tx.context().dealer().id;
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| match wanted {
            Wanted::One(id) => self.replay_one(conn, dealer, id).await,
            Wanted::Range(range) => self.replay_range(conn, tx, range).await,
        })
        .await
    }

    /// Orders a message that says nothing, to see whether the endpoint takes it.
    pub async fn test(&self, dealer: DealerId, id: EndpointId) -> ServiceResult<LoggedRow> {
        let now = self.now();
        let mut conn = self.control().checkout().await?;
        let row = conn
            .transaction(async |conn| -> ServiceResult<DeliveryRow> {
                let endpoint = self.enabled(conn, dealer, id, "id").await?;
                let row = DeliveryRow::new(&endpoint, now, Message::ping(now));
                deliveries::insert(conn, vec![row.clone()]).await?;
                deliver::order(conn, &endpoint, now).await?;
                Ok(row)
            })
            .await?;
        let mut logged = log::with_attempts(&mut conn, vec![row]).await?;
        let gone = || AppError::internal("a delivery has vanished");
        Ok(logged.pop().ok_or_else(gone)?)
    }

    async fn replay_one(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        id: DeliveryId,
    ) -> ServiceResult<Replayed> {
        let now = self.now();
        let row = deliveries::replay(conn, dealer, id, now).await?;
        let row = row.ok_or_else(|| {
            let path = ["input", "deliveryId"];
            UserError::at(ErrorCode::NotFound, &path, "there is no such delivery")
        })?;
        let endpoint = self
            .enabled(conn, dealer, row.endpoint_id, "deliveryId")
            .await?;
        deliver::order(conn, &endpoint, now).await?;
        Ok(Replayed {
            count: 1,
            continue_from: None,
        })
    }

    async fn replay_range(
        &self,
        conn: &mut ControlConn,
        tx: &mut TenantTx,
        range: Range,
    ) -> ServiceResult<Replayed> {
        let (dealer, now) = (tx.context().dealer().id, self.now());
        let endpoint = self
            .enabled(conn, dealer, range.endpoint, "endpointId")
            .await?;
        // First those that there are: what is added below is due anyhow.
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let again = deliveries::replay_range(conn, range, now, most).await?;
        let is_all = again.len() < MOST;
        let stop = again.last().copied().filter(|_| !is_all);
        let range = Range {
            to: stop.unwrap_or(range.to),
            ..range
        };
        let missing = self.send_missing(conn, tx, &endpoint, range).await?;
        deliver::order(conn, &endpoint, now).await?;
        Ok(Replayed {
            count: again.len().saturating_add(missing.count),
            continue_from: missing.continue_from.or(stop),
        })
    }

    /// Orders deliveries of events of which there is none.
    async fn send_missing(
        &self,
        conn: &mut ControlConn,
        tx: &mut TenantTx,
        endpoint: &EndpointRow,
        range: Range,
    ) -> ServiceResult<Replayed> {
        let (now, mut replayed) = (self.now(), Replayed::default());
        let (mut after, mut read) = (EventId::default(), 0);
        loop {
            let events = tx
                .events_of_time((range.from, range.to), after, PAGE)
                .await?;
            let Some(last) = events.last() else {
                return Ok(replayed);
            };
            (after, read) = (last.id, read + events.len());
            let until = last.at;
            let wanted = events
                .iter()
                .filter(|event| filter::wants(&endpoint.events, &event.name));
            let rows = wanted.map(|event| {
                DeliveryRow::new(endpoint, now, Message::of(endpoint.dealer_id, event))
            });
            replayed.count += deliveries::insert(conn, rows.collect()).await?.len();
            // As many may have happened at one moment.
            if read >= MOST && until > range.from {
                replayed.continue_from = Some(until);
                return Ok(replayed);
            }
        }
    }

    async fn enabled(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        id: EndpointId,
        field: &str,
    ) -> ServiceResult<EndpointRow> {
        let endpoint = endpoints::lock(conn, dealer, id).await?;
        let endpoint = found(endpoint, field)?;
        match endpoint.state {
            EndpointState::Enabled => Ok(endpoint),
            _ => Err(not_enabled(field)),
        }
    }
}

fn wrong(field: &str, message: &str) -> UserError {
    UserError::at(ErrorCode::BadUserInput, &["input", field], message)
}
