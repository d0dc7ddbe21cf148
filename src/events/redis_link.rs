//! Events between nodes over Redis pub/sub.
//!
//! Best effort by nature: an event published while Redis is away reaches the
//! subscribers of its own node only. The gap is logged, not hidden.

use std::time::Duration;

use futures_util::StreamExt;
use redis::AsyncCommands;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Event;
use super::bus::Channels;

const CHANNEL: &str = "tubex:events";
/// Events that may wait for Redis before new ones are given up.
const QUEUE: usize = 4096;
const RECONNECT: Duration = Duration::from_secs(1);

/// Why the link could not be made.
#[derive(Debug, thiserror::Error)]
#[error("--redis-url: {0}; check the address, or leave it out to run one node without Redis")]
pub struct RedisError(String);

/// Sends this node's events and delivers those of others.
#[derive(Clone)]
pub struct RedisLink {
    outgoing: mpsc::Sender<Event>,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    /// The sending node, which has delivered to its own listeners already.
    node: Uuid,
    event: Event,
}

impl RedisLink {
    pub(super) async fn start(url: &str, channels: Channels) -> Result<Self, RedisError> {
        let fault = |error: redis::RedisError| RedisError(error.to_string());
        let client = redis::Client::open(url).map_err(fault)?;
        let manager = client.get_connection_manager().await.map_err(fault)?;
        let node = Uuid::new_v4();
        let (outgoing, queue) = mpsc::channel(QUEUE);
        let listener = listener(&client).await.map_err(fault)?;
        tokio::spawn(send(node, manager, queue));
        tokio::spawn(listen(node, client, listener, channels));
        Ok(Self { outgoing })
    }

    pub(super) fn forward(&self, event: Event) {
        if self.outgoing.try_send(event).is_err() {
            tracing::warn!("Redis is too slow or away: an event stays on this node");
        }
    }
}

async fn send(
    node: Uuid,
    mut manager: redis::aio::ConnectionManager,
    mut queue: mpsc::Receiver<Event>,
) {
    while let Some(event) = queue.recv().await {
        let payload = match serde_json::to_string(&Envelope { node, event }) {
            Ok(payload) => payload,
            Err(error) => {
                tracing::error!(%error, "an event can not be written as JSON");
                continue;
            }
        };
        if let Err(error) = publish(&mut manager, &payload).await {
            tracing::warn!(%error, "Redis is away: an event stays on this node");
        }
    }
}

/// A connection that died at rest shows at the next event only, by when the
/// manager has made another: without a second try, the first event after each
/// restart of Redis would be lost.
async fn publish(
    manager: &mut redis::aio::ConnectionManager,
    payload: &str,
) -> redis::RedisResult<()> {
    match manager.publish(CHANNEL, payload).await {
        Err(error) if error.is_io_error() => manager.publish(CHANNEL, payload).await,
        outcome => outcome,
    }
}

async fn listen(node: Uuid, client: redis::Client, first: redis::aio::PubSub, channels: Channels) {
    let mut connection = Some(first);
    loop {
        let attempt = match connection.take() {
            Some(pubsub) => Ok(pubsub),
            None => listener(&client).await,
        };
        match attempt {
            Ok(pubsub) => relay(node, pubsub, &channels).await,
            Err(error) => tracing::warn!(%error, "Redis is away: other nodes are not heard"),
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

/// A connection that hears the channel already.
async fn listener(client: &redis::Client) -> redis::RedisResult<redis::aio::PubSub> {
    let mut pubsub = client.get_async_pubsub().await?;
    pubsub.subscribe(CHANNEL).await?;
    Ok(pubsub)
}

/// Delivers until the connection ends.
async fn relay(node: Uuid, mut pubsub: redis::aio::PubSub, channels: &Channels) {
    let mut messages = pubsub.on_message();
    while let Some(message) = messages.next().await {
        match serde_json::from_slice::<Envelope>(message.get_payload_bytes()) {
            Ok(envelope) if envelope.node == node => {}
            Ok(envelope) => channels.deliver(envelope.event),
            Err(error) => tracing::warn!(%error, "a message on {CHANNEL} is not an event"),
        }
    }
}
