//! Requests, who they are for, and what they took.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Read;
use super::processor::Backends;
use super::rows::Shop;

/// How requests are spread over dealers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spread {
    /// All alike: the worst case.
    Uniform,
    /// The second dealer half as often as the first, the third a third as often.
    Zipf,
}

impl Spread {
    pub const ALL: [Self; 2] = [Self::Uniform, Self::Zipf];
}

/// One measurement.
#[derive(Clone)]
pub struct Load {
    pub shop: Arc<Shop>,
    pub read: Read,
    pub spread: Spread,
    pub time: Duration,
    pub at_once: usize,
}

impl Load {
    /// Whom the next requests of a worker are for.
    pub fn choice(&self, seed: u64) -> Choice {
        let dealers = u32::try_from(self.shop.dealers.len()).unwrap();
        let mut sum = 0.0;
        let weight = |rank: u32| match self.spread {
            Spread::Uniform => 1.0,
            Spread::Zipf => 1.0 / f64::from(rank + 1),
        };
        let cumulative = (0..dealers).map(|rank| {
            sum += weight(rank);
            sum
        });
        Choice {
            cumulative: cumulative.collect(),
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }
}

/// Chooses dealers, the same for the same seed.
pub struct Choice {
    cumulative: Arc<[f64]>,
    state: u64,
}

impl Choice {
    pub fn next(&mut self) -> usize {
        // xorshift: no statistics to speak of, but no dependency either.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let unit = f64::from(u32::try_from(self.state >> 32).unwrap()) / f64::from(u32::MAX);
        let goal = unit * self.cumulative.last().unwrap();
        let found = self.cumulative.partition_point(|sum| *sum < goal);
        found.min(self.cumulative.len() - 1)
    }
}

/// What came out.
pub struct Figures {
    pub rate: f64,
    pub cpu_us: f64,
    p50_us: f64,
    p99_us: f64,
    memory_mib: f64,
    more: Value,
}

/// The clock and the counters at the start of a measurement.
pub struct Watch {
    started: Instant,
    backends: Backends,
    spent: Duration,
}

impl Watch {
    pub fn start(backends: Backends) -> Self {
        Self {
            started: Instant::now(),
            spent: backends.spent(),
            backends,
        }
    }

    /// `took` holds the time of each request.
    pub fn stop(self, mut took: Vec<Duration>, more: Value) -> Figures {
        let elapsed = self.started.elapsed().as_secs_f64();
        let spent = self
            .backends
            .spent()
            .saturating_sub(self.spent)
            .as_secs_f64();
        took.sort_unstable();
        let requests = f64::from(u32::try_from(took.len()).unwrap());
        let at = |share: usize| took.get(took.len() * share / 100).unwrap().as_secs_f64() * 1e6;
        Figures {
            rate: requests / elapsed,
            cpu_us: spent * 1e6 / requests,
            p50_us: at(50),
            p99_us: at(99),
            memory_mib: self.backends.largest_mib(),
            more,
        }
    }
}

impl Figures {
    pub fn json(&self) -> Value {
        json!({
            "per_second": self.rate.round(),
            "cpu_us": (self.cpu_us * 10.0).round() / 10.0,
            "p50_us": self.p50_us.round(),
            "p99_us": self.p99_us.round(),
            "largest_backend_mib": self.memory_mib.round(),
            "pool": self.more,
        })
    }
}
