//! What the request pool has done so far.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::backend::Statements;

/// Counters of the request pool; read them whenever you like.
#[derive(Debug, Default)]
pub struct HomeMetrics {
    /// Time from asking for a connection to having one's turn.
    pub wait: Histogram,
    /// Leases at the dealer's home.
    pub home: AtomicU64,
    /// Leases elsewhere: at a neighbour, or anywhere when all of those were held.
    pub stolen: AtomicU64,
    /// Connections opened.
    pub opened: AtomicU64,
    /// Connections closed for their age, their dealers or their memory.
    pub recycled: AtomicU64,
    /// Requests turned away because their dealer's queue was full.
    pub turned_away: AtomicU64,
    /// Statements prepared, each with a plan that stays.
    pub prepared: AtomicU64,
    /// Statements closed because others were used more recently.
    pub evicted: AtomicU64,
    /// Bytes the backend had allocated that was weighed last.
    pub memory: AtomicU64,
}

impl HomeMetrics {
    pub(super) fn weighed(&self, bytes: u64) {
        self.memory.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn count_statements(&self, statements: &mut Statements) {
        let (prepared, evicted) = statements.take_counts();
        if prepared + evicted > 0 {
            self.prepared.fetch_add(prepared, Ordering::Relaxed);
            self.evicted.fetch_add(evicted, Ordering::Relaxed);
        }
    }
}

/// Upper bounds of a [`Histogram`]'s buckets; one more holds what is longer.
pub const BOUNDS: [Duration; 12] = [
    Duration::from_micros(100),
    Duration::from_micros(250),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Durations by size.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    pub(super) fn observe(&self, time: Duration) {
        let bucket = BOUNDS.partition_point(|bound| *bound < time);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Durations in each bucket, in the order of [`BOUNDS`]; the last holds the
    /// longer ones.
    pub fn counts(&self) -> Vec<u64> {
        let count = |bucket: &AtomicU64| bucket.load(Ordering::Relaxed);
        self.buckets.iter().map(count).collect()
    }

    /// All durations together.
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_first_bucket_that_holds_it() {
        let histogram = Histogram::default();
        for micros in [1, 100, 101, 6_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let counts = histogram.counts();
        assert_eq!((counts[0], counts[1], counts[12]), (2, 1, 1));
        assert_eq!(histogram.sum(), Duration::from_micros(6_000_202));
    }
}
