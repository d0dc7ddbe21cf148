//! Noting when keys were used, beside the requests.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::query;
use crate::auth::api_key::ApiKeyId;
use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::db::error::DbResult;
use crate::kernel::clock::Clock;

/// The least time between two notes of one key, in seconds.
const EVERY_S: i64 = 60;
/// Notes that may wait to be written; what does not fit is left to the next use.
const WAITING: usize = 4096;
/// Keys noted by one statement.
const AT_ONCE: usize = 500;
/// The pause in which notes gather.
const PAUSE: Duration = Duration::from_secs(1);

/// Where uses are noted.
pub(super) struct Uses(mpsc::Sender<ApiKeyId>);

/// When the use of a key was last noted.
pub(super) struct LastNoted(AtomicI64);

impl LastNoted {
    pub(super) fn new(at: Option<DateTime<Utc>>) -> Self {
        Self(AtomicI64::new(at.map_or(0, |at| at.timestamp())))
    }

    /// Whether the use at `now` is to be noted; to one of those who ask at once.
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        let (last, now) = (self.0.load(Ordering::Relaxed), now.timestamp());
        now.saturating_sub(last) >= EVERY_S
            && self
                .0
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Uses {
    /// Writes what is noted, for as long as this lives.
    pub(super) fn start(connector: &Connector, control: ControlPool, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        connector.spawn(write(receiver, control, clock));
        Self(sender)
    }

    /// Notes a use, at most once a minute.
    pub(super) fn note(&self, key: ApiKeyId, last: &LastNoted, now: DateTime<Utc>) {
        if last.is_due(now) && self.0.try_send(key).is_err() {
            tracing::debug!(%key, "too many keys are used at once to note this one's use");
        }
    }
}

async fn write(mut noted: mpsc::Receiver<ApiKeyId>, control: ControlPool, clock: Clock) {
    let mut used = Vec::new();
    while noted.recv_many(&mut used, AT_ONCE).await > 0 {
        if let Err(error) = write_some(&control, &used, clock.now()).await {
            tracing::warn!(%error, "it could not be noted when API keys were used");
        }
        used.clear();
        sleep(PAUSE).await;
    }
}

async fn write_some(control: &ControlPool, used: &[ApiKeyId], now: DateTime<Utc>) -> DbResult<()> {
    let mut conn = control.checkout().await?;
    query::note_used(&mut conn, used, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let last = LastNoted::new(None);
        let due = [0, 1, 59, 60, 61, 200].map(|second| last.is_due(at(second)));
        assert_eq!(due, [true, false, false, true, false, true]);
        assert!(!LastNoted::new(Some(at(0))).is_due(at(30)));
    }
}
