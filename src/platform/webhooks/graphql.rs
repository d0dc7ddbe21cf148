//! What can be read of webhooks.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::WebhookDeliveryWhere;
use super::log::LoggedRow;
use super::model::{AttemptFault, AttemptRow, EndpointState, SignatureKind, WebhookDeliveryState};
use super::query::log::{self, DeliverySort, WebhookDeliveryOrder};
use super::service::{Endpoint, Webhooks};
use crate::error::AppResult;
use crate::events::EventId;
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::platform::reads::DealerReads;

/// Where events are sent.
pub struct WebhookEndpoint(pub Endpoint);

impl From<Endpoint> for WebhookEndpoint {
    fn from(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }
}

/// An address to which the dealer's events are sent, as Standard Webhooks has it.
#[Object(directive = has_permission::apply(P::WebhooksRead))]
impl WebhookEndpoint {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.row.id.into()
    }

    /// Where messages go.
    async fn url(&self) -> &str {
        &self.0.row.url
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.row.description.as_deref()
    }

    /// Of which events it is told.
    async fn events(&self) -> &[String] {
        &self.0.row.events
    }

    /// Where it stands.
    async fn state(&self) -> EndpointState {
        self.0.row.state
    }

    /// How messages are signed; during a change of secrets, by the latest.
    async fn signature(&self) -> Option<SignatureKind> {
        self.0.secrets.first().map(|secret| secret.signature)
    }

    /// By what its receiver checks Ed25519 signatures, `whpk_…`, the latest first; empty
    /// where messages are signed by a shared secret.
    async fn public_keys(&self) -> Vec<&str> {
        let secrets = self.0.secrets.iter();
        let keys = secrets.filter_map(|secret| secret.public_key.as_deref());
        keys.collect()
    }

    /// By how many secrets each message is signed: more than one for some days after a
    /// change of secrets.
    async fn secrets_in_use(&self) -> usize {
        self.0.secrets.len()
    }

    /// Who made it; null if he is gone.
    async fn created_by_id(&self) -> Option<ID> {
        self.0.row.created_by.map(ID::from)
    }

    /// Counts the changes; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.row.version
    }

    /// Since when nothing was delivered but tried; null if the last attempt succeeded. See
    /// the guide for when it is disabled.
    async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.0.row.health.failing_since
    }

    /// Until then nothing is sent, since it fails or has asked for a rest; may lie in the
    /// past.
    async fn resting_until(&self) -> Option<DateTime<Utc>> {
        self.0.row.health.resting_until
    }

    /// When it last took a message.
    async fn last_success_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.health.last_success_at
    }

    /// When an attempt last failed.
    async fn last_failure_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.health.last_failure_at
    }

    /// Messages that it has taken.
    async fn delivered_count(&self) -> i64 {
        self.0.row.delivered
    }

    /// Attempts that have failed.
    async fn failed_count(&self) -> i64 {
        self.0.row.failed
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// When people last changed it.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.row.updated_at
    }
}

/// A message to an endpoint.
pub struct WebhookDelivery(pub LoggedRow);

impl From<LoggedRow> for WebhookDelivery {
    fn from(row: LoggedRow) -> Self {
        Self(row)
    }
}

/// A message to one endpoint, kept for 30 days.
#[Object(directive = has_permission::apply(P::WebhooksRead))]
impl WebhookDelivery {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// To which endpoint.
    async fn endpoint_id(&self) -> ID {
        self.0.delivery.endpoint_id.into()
    }

    /// Its `webhook-id`, the same for all attempts and replays.
    async fn message_id(&self) -> &str {
        &self.0.delivery.message_id
    }

    /// The event; null if it is a test.
    async fn event_id(&self) -> Option<ID> {
        let id = self.0.delivery.event_id?;
        Some(ID(EventId::new(id).to_string()))
    }

    /// The name of the event.
    async fn event(&self) -> &str {
        &self.0.delivery.event
    }

    /// When that happened.
    async fn happened_at(&self) -> DateTime<Utc> {
        self.0.delivery.happened_at
    }

    /// What is sent, as JSON.
    async fn body(&self) -> &str {
        &self.0.delivery.body
    }

    /// Where it stands.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.delivery.state
    }

    /// When it is tried next, if it is pending and the endpoint neither rests nor is disabled.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        let delivery = &self.0.delivery;
        (delivery.state == WebhookDeliveryState::Pending).then_some(delivery.due_at)
    }

    /// What became of each attempt, the first one first.
    async fn attempts(&self) -> Vec<WebhookAttempt> {
        let rows = self.0.attempts.iter().cloned();
        rows.map(WebhookAttempt).collect()
    }

    /// When it was ordered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was delivered, or given up.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.delivery.finished_at
    }
}

/// An attempt to deliver a message.
pub struct WebhookAttempt(AttemptRow);

/// An attempt to deliver a message.
#[Object(directive = has_permission::apply(P::WebhooksRead))]
impl WebhookAttempt {
    /// Which one, from 1.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// When it began.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// How long it took, in milliseconds.
    async fn duration_ms(&self) -> i32 {
        self.0.took_ms
    }

    /// The status of the answer; null if there was none.
    async fn status(&self) -> Option<i32> {
        self.0.status.map(i32::from)
    }

    /// Why it has failed; null if the message was taken.
    async fn fault(&self) -> Option<AttemptFault> {
        self.0.fault
    }

    /// The beginning of the answer, at most 1024 characters, or why there was none.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }
}

/// Queries on endpoints.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// Where the dealer's events are sent, at most 20 endpoints, the oldest first.
    #[graphql(guard = P::WebhooksRead, directive = has_permission::apply(P::WebhooksRead))]
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> AppResult<Vec<WebhookEndpoint>> {
        let unit = ctx.unit()?;
        let webhooks = ctx.service::<Webhooks>()?;
        let found = webhooks.list(unit.context().dealer().id).await?;
        unit.spend(found.len())?;
        Ok(found.into_iter().map(WebhookEndpoint).collect())
    }
}

list_query! {
    /// The log of deliveries.
    WebhookDeliveryListQuery: log,
    /// What was sent to the dealer's endpoints, and is about to be; kept for 30 days.
    webhook_deliveries -> WebhookDelivery,
    needs: WebhooksRead,
    filter: WebhookDeliveryWhere = "Which deliveries.",
    order: WebhookDeliveryOrder as DeliverySort = "At most 3 keys; the latest first if left out.",
    through: DealerReads,
}
