//! What has happened at dealers, and the hints that it has.
//!
//! A service tells a [`Fact`] to its transaction, which writes it down as an event
//! with its COMMIT (`tenancy::outbox`). The [`EventBus`] carries no events: it hints
//! at dealers who have new ones, on this node and on others. Whoever follows a
//! dealer (`tenancy::live`) then reads them, and would do so without a hint a
//! little later. Whatever becomes of hints, nothing is lost, told twice or told
//! before it is committed.

mod batch;
mod book;
mod bus;
mod database_link;
mod id;
mod kind;
mod redis_link;

pub use book::markdown;
pub use bus::EventBus;
pub use id::{EventId, NotAnEventId};
pub use kind::{Audience, Fact, Field, Kind};
pub(crate) use kind::{events, put, word};
pub use redis_link::RedisError;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// A committed event of one dealer.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number among the dealer's events.
    pub id: EventId,
    /// The name of its kind.
    pub name: String,
    /// The version of its payload.
    pub version: i16,
    /// The kind of record it happened to.
    pub entity: String,
    /// The record.
    pub entity_id: Uuid,
    /// The customer whom it is about, if it is about one.
    pub customer: Option<Uuid>,
    /// Whether people of customers may hear of it, if it is about none.
    pub is_public: bool,
    /// What readers learn.
    pub payload: Value,
    /// Who did it.
    pub actor: String,
    /// The request in which it was done, if it was one.
    pub request: Option<Uuid>,
    /// When it was told.
    pub at: DateTime<Utc>,
}

impl Event {
    /// Whether somebody may hear of it who sees only what is of `customer`, if he
    /// stands for one. The policy of the table says the same.
    pub fn is_for(&self, customer: Option<Uuid>) -> bool {
        customer.is_none()
            || match self.customer {
                Some(about) => customer == Some(about),
                None => self.is_public,
            }
    }
}
