//! What is asked of webhooks.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::model::{DeliveryId, EndpointId, SignatureKind, WebhookDeliveryState};
use super::query::log::DeliveryCondition;
use crate::db::control_tables::webhook_deliveries;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, Where, id_filter, nested_where, where_id, where_time,
};

/// An endpoint to make.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookEndpointCreateInput {
    /// Where messages go: an address of the public internet that begins with `https://`.
    pub url: String,
    /// What it is for, at most 500 characters.
    pub description: Option<String>,
    /// Of which events it is told: names out of docs/events.md, the beginning of one and a
    /// star as in `product.*`, or `*` for all. At most 100.
    pub events: Vec<String>,
    /// How messages are signed.
    #[graphql(default_with = "SignatureKind::HmacSha256")]
    pub signature: SignatureKind,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookEndpointUpdateInput {
    /// Which endpoint.
    pub id: EndpointId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New address. Wants a fresh proof that it is you, as making an endpoint does.
    pub url: Option<String>,
    /// New description; null clears it.
    pub description: MaybeUndefined<String>,
    /// All that it shall be told of.
    pub events: Option<Vec<String>>,
    /// Whether it is told of events. One that is enabled again gets what waits for it and
    /// what happens from now on; see webhookReplay for what happened meanwhile.
    pub is_enabled: Option<bool>,
}

/// An endpoint to delete.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookEndpointDeleteInput {
    /// Which endpoint.
    pub id: EndpointId,
}

/// A secret to replace.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookEndpointSecretRotateInput {
    /// Whose secret.
    pub id: EndpointId,
    /// Days that messages are signed by the old secret as well, 0 to 7. With 0 it ends at
    /// once.
    #[graphql(default = 1)]
    pub overlap_days: i32,
    /// How messages are signed from now on; as before if left out.
    pub signature: Option<SignatureKind>,
}

/// An endpoint to try.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookEndpointTestInput {
    /// Which endpoint.
    pub id: EndpointId,
}

/// What to send again: one delivery, or what happened in some time.
#[derive(InputObject, Clone, Debug)]
pub struct WebhookReplayInput {
    /// This delivery, whatever became of it.
    pub delivery_id: Option<DeliveryId>,
    /// To this endpoint what happened in the time below.
    pub endpoint_id: Option<EndpointId>,
    /// What happened at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// What happened before this; until now if left out.
    pub to: Option<DateTime<Utc>>,
    /// What was delivered, too; without it, what was not, and what the endpoint was never
    /// told of, as far as events are kept.
    #[graphql(default = false)]
    pub include_delivered: bool,
}

id_filter!(
    WebhookEndpointIdFilter,
    EndpointId,
    "an endpoint of webhooks"
);

/// Which deliveries to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct WebhookDeliveryWhere {
    /// To these endpoints.
    pub endpoint_id: Option<WebhookEndpointIdFilter>,
    /// That stand there.
    pub state: Option<WebhookDeliveryState>,
    /// About events of this name.
    pub event: Option<String>,
    /// With this webhook-id.
    pub message_id: Option<String>,
    /// Ordered then.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<WebhookDeliveryWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<WebhookDeliveryWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<WebhookDeliveryWhere>>,
}

impl Where for WebhookDeliveryWhere {
    type Table = webhook_deliveries::table;

    fn own(&self) -> AppResult<Vec<DeliveryCondition>> {
        let mut conditions: Vec<DeliveryCondition> = Vec::new();
        where_id!(
            conditions,
            webhook_deliveries::endpoint_id,
            &self.endpoint_id
        );
        where_time!(conditions, webhook_deliveries::created_at, &self.created_at);
        if let Some(state) = self.state {
            conditions.push(Box::new(webhook_deliveries::state.eq(state).nullable()));
        }
        if let Some(event) = self.event.clone() {
            conditions.push(Box::new(webhook_deliveries::event.eq(event).nullable()));
        }
        if let Some(id) = self.message_id.clone() {
            conditions.push(Box::new(webhook_deliveries::message_id.eq(id).nullable()));
        }
        Ok(conditions)
    }

    nested_where!();
}
