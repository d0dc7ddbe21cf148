//! Webhooks as stored.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::db::control_tables::{
    webhook_attempts, webhook_deliveries, webhook_endpoints, webhook_secrets,
};
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, UserId, typed_id};

/// Most endpoints of one dealer.
pub const MOST_ENDPOINTS: i64 = 20;
/// Most entries of an endpoint's list of events.
pub const MOST_EVENTS: usize = 100;
/// Longest address.
pub const LONGEST_URL: usize = 2000;
/// Most secrets of an endpoint by which deliveries are signed at once.
pub const MOST_SECRETS: usize = 5;
/// Longest time that a replaced secret is used beside its successor, in days.
pub const LONGEST_OVERLAP_DAYS: i64 = 7;
/// How long deliveries are kept.
pub const LOG_KEPT: TimeDelta = TimeDelta::days(30);
/// Characters that are kept of an answer.
pub const ANSWER_KEPT: usize = 1024;

typed_id!(
    /// An address to which a dealer's events are sent.
    EndpointId, "whe"
);
typed_id!(
    /// A message to one endpoint.
    DeliveryId, "whd"
);
typed_id!(
    /// By which an endpoint's deliveries are signed.
    SecretId, "whs"
);

text_enum! {
    /// Where an endpoint stands.
    pub enum EndpointState {
        /// It is told of events.
        Enabled = "ENABLED",
        /// The dealer has disabled it.
        Disabled = "DISABLED",
        /// It was disabled after days in which nothing was delivered.
        Failed = "FAILED",
        /// It was disabled because it has answered that it is gone, with status 410.
        Gone = "GONE",
        /// It is about to be thrown away.
        Deleted = "DELETED",
    }
}

text_enum! {
    /// How messages to an endpoint are signed.
    pub enum SignatureKind {
        /// `v1`: by a secret that both sides have.
        HmacSha256 = "HMAC_SHA256",
        /// `v1a`: by a key that stays here; the endpoint has the public key.
        Ed25519 = "ED25519",
    }
}

text_enum! {
    /// Where a delivery stands.
    pub enum WebhookDeliveryState {
        /// It has to be sent, or sent again.
        Pending = "PENDING",
        /// The endpoint has taken it.
        Delivered = "DELIVERED",
        /// It is given up: none of its attempts was taken.
        Failed = "FAILED",
    }
}

text_enum! {
    /// Why an attempt has failed.
    pub enum AttemptFault {
        /// The answer was no success, such as a redirect or an error.
        Status = "STATUS",
        /// There was no answer in time.
        Timeout = "TIMEOUT",
        /// The host's name can not be looked up.
        Lookup = "LOOKUP",
        /// The address or port is none that may be called.
        Address = "ADDRESS",
        /// There was no connection.
        Connection = "CONNECTION",
        /// The host's certificate is not good.
        Tls = "TLS",
        /// What came back is not HTTP.
        Protocol = "PROTOCOL",
    }
}

/// An endpoint as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
pub struct EndpointRow {
    /// Its id.
    pub id: EndpointId,
    /// Whose it is.
    pub dealer_id: DealerId,
    /// Who made it, while he is a user.
    pub created_by: Option<UserId>,
    /// Where messages go.
    pub url: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// Of what it is told.
    pub events: Vec<String>,
    /// Where it stands.
    pub state: EndpointState,
    /// Counts the changes that people make.
    pub version: i32,
    /// It is told of events behind this one.
    pub since_event: i64,
    /// When its deliveries have to be looked at.
    pub due_at: Option<DateTime<Utc>>,
    /// How it fares.
    #[diesel(embed)]
    pub health: HealthRow,
    /// Messages that were delivered.
    pub delivered: i64,
    /// Attempts that have failed.
    pub failed: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When people last changed it.
    pub updated_at: DateTime<Utc>,
}

/// How an endpoint fares.
#[derive(
    Queryable, Selectable, Insertable, AsChangeset, Clone, Copy, Debug, Default, PartialEq, Eq,
)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub struct HealthRow {
    /// Attempts that failed since the last that did not.
    pub failures: i32,
    /// When the first of these failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until then nothing is sent.
    pub resting_until: Option<DateTime<Utc>>,
    /// When the dealer was told that it fails.
    pub warned_at: Option<DateTime<Utc>>,
    /// When it last took a message.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it last did not.
    pub last_failure_at: Option<DateTime<Utc>>,
}

/// What people change about an endpoint.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = webhook_endpoints)]
pub struct EndpointChanges {
    /// Where messages go.
    pub url: Option<String>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// Of what it is told.
    pub events: Option<Vec<String>>,
}

/// A secret as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = webhook_secrets, check_for_backend(diesel::pg::Pg))]
pub struct SecretRow {
    /// Its id, later ones being greater.
    pub id: SecretId,
    /// Whose deliveries it signs.
    pub endpoint_id: EndpointId,
    /// How.
    pub signature: SignatureKind,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// What receivers check by, where that is no secret.
    pub public_key: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is used no more.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A delivery as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg))]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// Whose endpoint it goes to.
    pub dealer_id: DealerId,
    /// Which.
    pub endpoint_id: EndpointId,
    /// By which the receiver knows that he has it already.
    pub message_id: String,
    /// The event; none if it is a test.
    pub event_id: Option<i64>,
    /// The name of the event.
    pub event: String,
    /// When that happened.
    pub happened_at: DateTime<Utc>,
    /// What is sent.
    pub body: String,
    /// Where it stands.
    pub state: WebhookDeliveryState,
    /// When it is to be sent.
    pub due_at: DateTime<Utc>,
    /// Attempts since it was ordered, or replayed.
    pub attempts: i32,
    /// All attempts.
    pub tries: i32,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// When it was delivered, or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// An attempt as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = webhook_attempts, check_for_backend(diesel::pg::Pg))]
pub struct AttemptRow {
    /// Of which delivery.
    pub delivery_id: DeliveryId,
    /// Which one, from 1.
    pub number: i32,
    /// When it began.
    pub at: DateTime<Utc>,
    /// How long it took.
    pub took_ms: i32,
    /// The status of the answer, if there was one.
    pub status: Option<i16>,
    /// Why it has failed.
    pub fault: Option<AttemptFault>,
    /// What the endpoint has answered, or why it has not.
    pub answer: Option<String>,
}

impl DeliveryRow {
    /// As it is tried for the first time.
    pub fn new(
        endpoint: &EndpointRow,
        now: DateTime<Utc>,
        message: super::message::Message,
    ) -> Self {
        Self {
            id: DeliveryId::generate(),
            dealer_id: endpoint.dealer_id,
            endpoint_id: endpoint.id,
            message_id: message.id,
            event_id: message.event,
            event: message.name,
            happened_at: message.at,
            body: message.body,
            state: WebhookDeliveryState::Pending,
            due_at: now,
            attempts: 0,
            tries: 0,
            created_at: now,
            finished_at: None,
        }
    }
}
