//! Counts that many threads add to and a scrape reads, without a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Something that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So many more.
    pub fn add(&self, more: usize) {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// So many until now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many there are of something at this moment.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<AtomicI64>);

/// One of those a [`Gauge`] counts, for as long as this value lives.
#[derive(Debug)]
pub struct Held(Gauge);

impl Gauge {
    /// One more, until what comes back is dropped.
    pub fn hold(&self) -> Held {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(self.clone())
    }

    /// So many at this moment.
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Upper bounds of a [`Histogram`]'s buckets, in microseconds; above the last
/// one there is no bound.
const BOUNDS: [u64; 15] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 10_000_000,
];

/// How long something took, by buckets from a tenth of a millisecond to ten
/// seconds.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    above: AtomicU64,
    micros: AtomicU64,
}

impl Histogram {
    /// It took so long this time.
    pub fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut buckets = BOUNDS.iter().zip(&self.buckets);
        let bucket = buckets.find(|(bound, _)| micros <= **bound);
        let bucket = bucket.map_or(&self.above, |(_, bucket)| bucket);
        bucket.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The upper bounds of the buckets, each with the number of records at or
    /// below it.
    pub fn cumulated(&self) -> Vec<(Duration, u64)> {
        let mut sum = 0_u64;
        let buckets = BOUNDS.iter().zip(&self.buckets);
        buckets
            .map(|(bound, bucket)| {
                sum = sum.saturating_add(bucket.load(Ordering::Relaxed));
                (Duration::from_micros(*bound), sum)
            })
            .collect()
    }

    /// Records above the last bound.
    pub fn above(&self) -> u64 {
        self.above.load(Ordering::Relaxed)
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
    fn a_gauge_counts_what_lives() {
        let gauge = Gauge::default();
        let (first, _second) = (gauge.hold(), gauge.hold());
        assert_eq!(gauge.get(), 2);
        drop(first);
        assert_eq!(gauge.get(), 1);
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::default();
        for micros in [1_000, 1_001, 10_000_000, 10_000_001] {
            histogram.record(Duration::from_micros(micros));
        }
        let counts: Vec<u64> = histogram.cumulated().iter().map(|(_, n)| *n).collect();
        assert_eq!(counts, [0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]);
        assert_eq!(histogram.above(), 1);
        assert_eq!(histogram.sum(), Duration::from_micros(20_002_002));
    }
}
