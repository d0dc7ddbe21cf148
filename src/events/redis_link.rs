//! Hints between nodes over Redis pub/sub.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join;
use redis::AsyncCommands;
use uuid::Uuid;

use super::batch::{Messages, heard};
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listeners;

const CHANNEL: &str = "tubex:events";
const RECONNECT: Duration = Duration::from_secs(1);

/// Why the link could not be made.
#[derive(Debug, thiserror::Error)]
#[error("--redis-url: {0}; check the address, or leave it out to share events over the database")]
pub struct RedisError(String);

impl From<redis::RedisError> for RedisError {
    fn from(error: redis::RedisError) -> Self {
        Self(error.to_string())
    }
}

/// Connects; what comes back is the work to be done from then on.
pub(super) async fn start(
    url: &str,
    node: Uuid,
    messages: Messages,
    ears: Arc<Listeners<DealerId>>,
) -> Result<impl Future<Output = ()> + Send + use<>, RedisError> {
    let fault = RedisError::from;
    let client = redis::Client::open(url).map_err(fault)?;
    let manager = client.get_connection_manager().await.map_err(fault)?;
    let first = listener(&client).await.map_err(fault)?;
    Ok(async move {
        join(send(manager, messages), listen(node, client, first, &ears)).await;
    })
}

async fn send(mut manager: redis::aio::ConnectionManager, mut messages: Messages) {
    let mut is_away = false;
    loop {
        let message = messages.next().await;
        let sent = publish(&mut manager, &message).await;
        // Once for each time that it goes: it may be away for long.
        if let Err(error) = &sent
            && !is_away
        {
            tracing::warn!(%error, "Redis is away: other nodes hear of events a little later");
        }
        is_away = sent.is_err();
    }
}

/// A connection that died at rest shows at the next hint only, by when the
/// manager has made another: without a second try, the first hint after each
/// restart of Redis would be lost.
async fn publish(
    manager: &mut redis::aio::ConnectionManager,
    message: &str,
) -> redis::RedisResult<()> {
    match manager.publish(CHANNEL, message).await {
        Err(error) if error.is_io_error() => manager.publish(CHANNEL, message).await,
        outcome => outcome,
    }
}

async fn listen(
    node: Uuid,
    client: redis::Client,
    first: redis::aio::PubSub,
    ears: &Listeners<DealerId>,
) {
    let mut connection = Some(first);
    let mut is_away = false;
    loop {
        let attempt = match connection.take() {
            Some(pubsub) => Ok(pubsub),
            None => listener(&client).await,
        };
        match attempt {
            Ok(pubsub) => {
                is_away = false;
                relay(node, pubsub, ears).await;
            }
            Err(error) if !is_away => {
                is_away = true;
                tracing::warn!(%error, "Redis is away: other nodes are not heard");
            }
            Err(_) => {}
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

/// Hands hints on until the connection ends.
async fn relay(node: Uuid, mut pubsub: redis::aio::PubSub, ears: &Listeners<DealerId>) {
    let mut messages = pubsub.on_message();
    while let Some(message) = messages.next().await {
        for dealer in heard(node, message.get_payload_bytes()) {
            ears.tell(&dealer);
        }
    }
}
