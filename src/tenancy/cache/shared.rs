//! Values that all nodes keep together, in Redis.

use std::time::Duration;

use redis::AsyncCommands;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::time::timeout;

use crate::events::RedisError;
use crate::kernel::breaker::{Breaker, Turn};
use crate::kernel::metric::Counter;

/// Longer than this no reader waits for Redis: the tables would have answered.
const PATIENCE: Duration = Duration::from_millis(20);

/// Values in Redis, without which all is as right, and slower.
pub(super) struct Shared {
    manager: ConnectionManager,
    breaker: Breaker,
    kept_s: u64,
    /// Times that it gave no answer.
    pub(super) failures: Counter,
}

impl Shared {
    /// Connects when something is asked, and again whenever that was lost.
    pub(super) fn start(url: &str, kept: Duration) -> Result<Self, RedisError> {
        let client = redis::Client::open(url).map_err(RedisError::from)?;
        let manager = client.get_connection_manager_lazy(ConnectionManagerConfig::new());
        Ok(Self {
            manager: manager.map_err(RedisError::from)?,
            breaker: Breaker::default(),
            kept_s: kept.as_secs().max(1),
            failures: Counter::default(),
        })
    }

    /// What is kept under a key.
    pub(super) async fn get(&self, key: &str) -> Option<String> {
        let mut manager = self.manager.clone();
        let kept = manager.get::<_, Option<String>>(key);
        self.answer(kept).await.flatten()
    }

    /// Keeps a text under a key.
    pub(super) async fn set(&self, key: &str, text: &str) {
        let mut manager = self.manager.clone();
        let kept = manager.set_ex::<_, _, ()>(key, text, self.kept_s);
        // If it was not kept, another node works it out.
        let _done = self.answer(kept).await;
    }

    pub(super) fn is_away(&self) -> bool {
        self.breaker.is_away()
    }

    /// What Redis answers, unless it does not in time.
    async fn answer<T>(&self, call: impl Future<Output = redis::RedisResult<T>>) -> Option<T> {
        if !self.breaker.is_closed() {
            return None;
        }
        let answer = timeout(PATIENCE, call).await.ok().and_then(Result::ok);
        if answer.is_none() {
            self.failures.add_one();
        }
        match self.breaker.note(answer.is_some()) {
            Some(Turn::Away) => tracing::warn!("Redis is away: each node works out what it keeps"),
            Some(Turn::Back) => tracing::info!("Redis is back: nodes share what they work out"),
            None => {}
        }
        answer
    }
}
