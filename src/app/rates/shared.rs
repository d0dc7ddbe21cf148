//! Shares counted together with other nodes, in Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use uuid::Uuid;

use super::{Left, Share, Wait};
use crate::events::RedisError;
use crate::kernel::breaker::{Breaker, Turn};
use crate::kernel::gcra::BURST_US;

/// Longer than this no request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(20);
/// How often a node says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// A node that has said nothing for so long is gone.
const GONE_S: u64 = 20;
/// A node on its own counts at no less than this part of the rate.
const MOST_NODES: u64 = 10;

/// All keys of an operation at once, by the time of Redis: all are taken from, or none.
/// Gives the number of the key that refuses and how long to wait, or 0 and until when each
/// owes, from now on, in microseconds. The rule is that of `kernel::gcra`.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst = tonumber(ARGV[1])
local ahead, wait, refuses = {}, 0, 0
for i, key in ipairs(KEYS) do
  local due = tonumber(redis.call('GET', key) or '0')
  ahead[i] = math.max(due, now) + tonumber(ARGV[i + 1]) - now
  if ahead[i] > burst and due > now and ahead[i] - burst > wait then
    wait, refuses = ahead[i] - burst, i
  end
end
if refuses > 0 then return {refuses, wait} end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', now + ahead[i]), 'PX', math.max(1, math.ceil(ahead[i] / 1000)))
end
table.insert(ahead, 1, 0)
return ahead
";

/// Says that this node is there, and gives how many are.
const PRESENT: &str = "
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('EXPIRE', KEYS[1], 3600)
return redis.call('ZCARD', KEYS[1])
";

pub(super) struct Shared {
    manager: ConnectionManager,
    breaker: Breaker,
    nodes: Arc<AtomicU64>,
    heartbeat: JoinHandle<()>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

impl Shared {
    /// Connects when something is asked, and again whenever that was lost.
    pub(super) fn start(url: &str) -> Result<Self, RedisError> {
        let client = redis::Client::open(url).map_err(RedisError::from)?;
        let config = ConnectionManagerConfig::new();
        let manager = client
            .get_connection_manager_lazy(config)
            .map_err(RedisError::from)?;
        let nodes = Arc::new(AtomicU64::new(1));
        let beating = beat(manager.clone(), Arc::clone(&nodes));
        Ok(Self {
            manager,
            breaker: Breaker::default(),
            nodes,
            heartbeat: tokio::spawn(beating),
        })
    }

    /// None while Redis is away.
    pub(super) async fn take(
        &self,
        shares: &[Share<'_>],
        units: u64,
    ) -> Option<Result<Vec<Left>, Wait>> {
        if !self.breaker.is_closed() {
            return None;
        }
        let mut call = redis::cmd("EVAL");
        call.arg(TAKE).arg(shares.len());
        for share in shares {
            call.arg(format!("tubex:rate:{}", share.key));
        }
        call.arg(BURST_US);
        for share in shares {
            call.arg(share.rate.time_of(units));
        }
        let mut manager = self.manager.clone();
        let answer = timeout(PATIENCE, call.query_async::<Vec<u64>>(&mut manager)).await;
        let answer = answer.ok().and_then(Result::ok);
        self.note(answer.is_some());
        let answer = answer?;
        let (refuses, rest) = answer.split_first()?;
        let refusing = usize::try_from(*refuses).ok()?.checked_sub(1);
        if let Some(share) = refusing.and_then(|at| shares.get(at)) {
            let (name, micros) = (share.name, *rest.first()?);
            return Some(Err(Wait { name, micros }));
        }
        let left = shares
            .iter()
            .zip(rest)
            .map(|(share, ahead)| share.left(*ahead));
        Some(Ok(left.collect()))
    }

    /// Nodes that were there when Redis was last heard.
    pub(super) fn nodes(&self) -> u64 {
        self.nodes.load(Ordering::Relaxed).clamp(1, MOST_NODES)
    }

    pub(super) fn is_away(&self) -> bool {
        self.breaker.is_away()
    }

    fn note(&self, answered: bool) {
        match self.breaker.note(answered) {
            Some(Turn::Away) => {
                tracing::warn!("Redis is away: each node counts for itself how much is asked for");
            }
            Some(Turn::Back) => {
                tracing::info!("Redis is back: nodes count together how much is asked for");
            }
            None => {}
        }
    }
}

async fn beat(mut manager: ConnectionManager, nodes: Arc<AtomicU64>) {
    let own = Uuid::now_v7().to_string();
    let mut beats = interval(HEARTBEAT);
    loop {
        beats.tick().await;
        let mut call = redis::cmd("EVAL");
        call.arg(PRESENT)
            .arg(1)
            .arg("tubex:nodes")
            .arg(&own)
            .arg(GONE_S);
        // What is not heard stays as it was.
        if let Ok(Ok(count)) = timeout(HEARTBEAT, call.query_async::<u64>(&mut manager)).await {
            nodes.store(count.max(1), Ordering::Relaxed);
        }
    }
}
