//! Facts published after commit, and the bus that carries them to subscribers.
//!
//! A service records an event on its transaction; the transaction publishes it
//! when, and only when, the commit succeeded. Topics are typed by dealer: there
//! is no way to listen to all dealers, or to one that a context does not name.

mod bus;
mod redis_link;

pub use bus::{EventBus, EventStream, Lagged};
pub use redis_link::{RedisError, RedisLink};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::ids::DealerId;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventKind {
    /// A product was created, changed or archived.
    ProductChanged,
}

/// A committed fact of one dealer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Unique.
    pub id: Uuid,
    /// Whose fact it is.
    pub dealer: DealerId,
    /// What happened.
    pub kind: EventKind,
    /// The record it happened to.
    pub entity: Uuid,
    /// When the change was made.
    pub at: DateTime<Utc>,
}
