//! An order for a job, before it is in the queue.

use std::time::Duration;

use serde_json::Value;

use super::kind::{JobKind, Limits};
use super::model::JobId;
use crate::error::{AppError, AppResult};

/// Longest payload, as JSON; what is larger belongs into a table.
const MAX_PAYLOAD: usize = 64 * 1024;
/// Longest key, in characters.
const MAX_KEY: usize = 200;

/// A job to be enqueued.
#[derive(Clone, Debug)]
pub struct JobOrder {
    pub(super) id: JobId,
    pub(super) kind: &'static str,
    pub(super) payload: Value,
    pub(super) priority: u8,
    pub(super) delay: Duration,
    pub(super) attempts: u8,
    pub(super) key: Option<String>,
}

impl JobOrder {
    /// A job of the kind `K`, to be done as soon as may be.
    pub fn of<K: JobKind>(payload: &K::Payload) -> AppResult<Self> {
        let payload = serde_json::to_value(payload).map_err(AppError::internal)?;
        let length = payload.to_string().len();
        if length > MAX_PAYLOAD {
            let cause = format!(
                "{} is told {length} bytes, more than {MAX_PAYLOAD}",
                K::NAME
            );
            return Err(AppError::internal(cause));
        }
        Ok(Self::of_kind((K::NAME, K::LIMITS), payload))
    }

    /// A job of a kind without its type.
    pub(super) fn of_kind((kind, limits): (&'static str, Limits), payload: Value) -> Self {
        Self {
            id: JobId::generate(),
            kind,
            payload,
            priority: limits.priority.min(9),
            delay: Duration::ZERO,
            attempts: limits.attempts.clamp(1, 100),
            key: None,
        }
    }

    /// Not before so long.
    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// One of its kind and dealer: if one of this key waits already, that will do. If
    /// one is running, it is queued once more when it ends. Keys are cut at 200
    /// characters; an empty one is none.
    #[must_use]
    pub fn unique(mut self, key: &str) -> Self {
        let key: String = key.chars().take(MAX_KEY).collect();
        self.key = (!key.is_empty()).then_some(key);
        self
    }

    /// In place of the priority of its kind: 0 before all others of the dealer, 9
    /// behind them.
    #[must_use]
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = priority.min(9);
        self
    }

    /// Its id, if none of its key waits already.
    pub const fn id(&self) -> JobId {
        self.id
    }
}
