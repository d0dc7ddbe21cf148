//! Delivery of events to the subscribers on this node, and to other nodes.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt};
use tokio::sync::broadcast;

use super::{Event, RedisLink};
use crate::kernel::ids::DealerId;

/// Events a slow subscriber may fall behind before it is cut off.
const BACKLOG: usize = 256;

/// Carries events from committed transactions to subscribers.
///
/// One channel per dealer with a listener; channels without one are removed.
#[derive(Clone, Default)]
pub struct EventBus {
    channels: Channels,
    redis: Option<RedisLink>,
}

/// The listeners of this node.
#[derive(Clone, Default)]
pub(super) struct Channels(Arc<Mutex<HashMap<DealerId, broadcast::Sender<Event>>>>);

/// A subscriber was too slow and has missed events.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the subscriber fell too far behind and has missed events")]
pub struct Lagged;

impl EventBus {
    /// A bus for one node.
    pub fn local() -> Self {
        Self::default()
    }

    /// A bus whose events also reach the other nodes on the same Redis.
    pub async fn with_redis(url: &str) -> Result<Self, super::RedisError> {
        let channels = Channels::default();
        let redis = RedisLink::start(url, channels.clone()).await?;
        Ok(Self {
            channels,
            redis: Some(redis),
        })
    }

    /// Publishes a committed event. Only a transaction's commit calls this.
    pub(crate) fn publish(&self, event: Event) {
        if let Some(redis) = &self.redis {
            redis.forward(event.clone());
        }
        self.channels.deliver(event);
    }

    /// The events of `dealer` from now on.
    pub fn subscribe(&self, dealer: DealerId) -> EventStream {
        let receiver = self.channels.receiver(dealer);
        EventStream {
            inner: Box::pin(tokio_stream(receiver)),
            _listening: Listening {
                channels: self.channels.clone(),
                dealer,
            },
        }
    }

    /// Dealers somebody on this node listens to.
    pub fn listened_dealers(&self) -> usize {
        self.channels.lock().len()
    }
}

impl Channels {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<DealerId, broadcast::Sender<Event>>> {
        // The map is whole after every statement, so a panic elsewhere while
        // it was held has not broken it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn deliver(&self, event: Event) {
        if let Some(channel) = self.lock().get(&event.dealer) {
            // No receiver is no fault: the last one may just have gone.
            let _receivers = channel.send(event);
        }
    }

    fn receiver(&self, dealer: DealerId) -> broadcast::Receiver<Event> {
        self.lock()
            .entry(dealer)
            .or_insert_with(|| broadcast::channel(BACKLOG).0)
            .subscribe()
    }

    fn forget_if_silent(&self, dealer: DealerId) {
        let mut channels = self.lock();
        if channels
            .get(&dealer)
            .is_some_and(|c| c.receiver_count() == 0)
        {
            channels.remove(&dealer);
        }
    }
}

/// The events of one dealer. Ends with [`Lagged`] when it is read too slowly.
pub struct EventStream {
    // Declared, and so dropped, before `_listening`, which counts receivers.
    inner: Pin<Box<dyn Stream<Item = Result<Event, Lagged>> + Send>>,
    _listening: Listening,
}

struct Listening {
    channels: Channels,
    dealer: DealerId,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.channels.forget_if_silent(self.dealer);
    }
}

impl Stream for EventStream {
    type Item = Result<Event, Lagged>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.poll_next_unpin(cx)
    }
}

fn tokio_stream(
    receiver: broadcast::Receiver<Event>,
) -> impl Stream<Item = Result<Event, Lagged>> + Send {
    futures_util::stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Ok(event) => Some((Ok(event), Some(receiver))),
            Err(broadcast::error::RecvError::Lagged(_)) => Some((Err(Lagged), None)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::EventKind;

    fn event(dealer: DealerId) -> Event {
        Event {
            id: uuid::Uuid::now_v7(),
            dealer,
            kind: EventKind::ProductChanged,
            entity: uuid::Uuid::now_v7(),
            at: chrono::DateTime::default(),
        }
    }

    #[tokio::test]
    async fn a_dealer_hears_his_own_events_only() {
        let bus = EventBus::local();
        let (a, b) = (DealerId::generate(), DealerId::generate());
        let mut of_a = bus.subscribe(a);
        bus.publish(event(b));
        let mine = event(a);
        bus.publish(mine.clone());
        assert_eq!(of_a.next().await.unwrap().unwrap(), mine);
    }

    #[tokio::test]
    async fn a_slow_reader_is_cut_off_with_a_word() {
        let bus = EventBus::local();
        let dealer = DealerId::generate();
        let mut stream = bus.subscribe(dealer);
        for _ in 0..=BACKLOG {
            bus.publish(event(dealer));
        }
        assert!(stream.next().await.unwrap().is_err());
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn channels_without_listeners_are_removed() {
        let bus = EventBus::local();
        let stream = bus.subscribe(DealerId::generate());
        assert_eq!(bus.listened_dealers(), 1);
        drop(stream);
        assert_eq!(bus.listened_dealers(), 0);
    }
}
