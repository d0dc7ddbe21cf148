//! Hints on their way to other nodes, gathered.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::kernel::ids::DealerId;

/// Most dealers of one message: a notification of `PostgreSQL` holds 8,000 bytes.
const MOST: usize = 150;
/// A node sends no more often than this, however much is committed.
const PAUSE: Duration = Duration::from_millis(10);

/// Dealers with new events, of which other nodes are to be told.
#[derive(Clone, Default)]
pub(super) struct Batch(Arc<Gathered>);

#[derive(Default)]
struct Gathered {
    dealers: Mutex<HashSet<DealerId>>,
    added: Notify,
}

/// What nodes say to each other.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The sending node, which has woken its own listeners already.
    node: Uuid,
    dealers: Vec<DealerId>,
}

impl Batch {
    /// Adds a dealer, unless he is in already.
    pub(super) fn add(&self, dealer: DealerId) {
        let is_new = self.lock().insert(dealer);
        if is_new {
            self.0.added.notify_one();
        }
    }

    /// Takes dealers out, as soon as there are any. Those that are left are told of
    /// by the next message.
    async fn take(&self) -> Vec<DealerId> {
        loop {
            let taken: Vec<DealerId> = {
                let mut dealers = self.lock();
                let taken = dealers.iter().take(MOST).copied().collect();
                for dealer in &taken {
                    dealers.remove::<DealerId>(dealer);
                }
                taken
            };
            if !taken.is_empty() {
                return taken;
            }
            self.0.added.notified().await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<DealerId>> {
        // Whole after every statement, so a panic elsewhere has not broken it.
        self.0
            .dealers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The messages of one node, at their pace.
pub(super) struct Messages {
    node: Uuid,
    batch: Batch,
    next: Instant,
}

impl Messages {
    pub(super) fn new(node: Uuid, batch: Batch) -> Self {
        let next = Instant::now();
        Self { node, batch, next }
    }

    /// The next message. Nothing is lost if the caller stops waiting.
    pub(super) async fn next(&mut self) -> String {
        sleep_until(self.next).await;
        let dealers = self.batch.take().await;
        self.next = Instant::now() + PAUSE;
        self.written(dealers)
    }

    /// A message that says nothing.
    pub(super) fn none(&self) -> String {
        self.written(Vec::new())
    }

    fn written(&self, dealers: Vec<DealerId>) -> String {
        let node = self.node;
        // Ids are texts, and have no way to fail.
        serde_json::to_string(&Message { node, dealers }).unwrap_or_default()
    }
}

/// The dealers of a message from another node; none of one's own, or of a text that
/// is no message.
pub(super) fn heard(node: Uuid, text: &[u8]) -> Vec<DealerId> {
    match serde_json::from_slice::<Message>(text) {
        Ok(message) if message.node == node => Vec::new(),
        Ok(message) => message.dealers,
        Err(error) => {
            tracing::debug!(%error, "what was heard is no message of a node");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn many_hints_are_few_messages_and_none_is_lost() {
        let (node, batch) = (Uuid::new_v4(), Batch::default());
        let dealers: Vec<DealerId> = (0..MOST + 5).map(|_| DealerId::generate()).collect();
        for dealer in dealers.iter().chain(&dealers) {
            batch.add(*dealer);
        }
        let mut messages = Messages::new(node, batch);
        let (first, second) = (messages.next().await, messages.next().await);
        assert!(first.len() < 8000);
        let other = Uuid::new_v4();
        let mut told = heard(other, first.as_bytes());
        assert_eq!(told.len(), MOST);
        told.extend(heard(other, second.as_bytes()));
        assert_eq!(
            told.into_iter().collect::<HashSet<_>>(),
            dealers.into_iter().collect()
        );
        assert!(messages.next().now_or_never().is_none());
        assert!(heard(node, first.as_bytes()).is_empty());
        assert!(heard(node, b"dealers").is_empty());
    }
}
