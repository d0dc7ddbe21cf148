//! How often one may ask for resets, whatever addresses one names: each request is
//! a row for a month.
//!
//! Counted by each node for itself: it is about the size of a table, and nobody's
//! safety hangs on it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

/// Requests from one network within an hour.
const MOST: u32 = 30;
const WITHIN: Duration = Duration::from_hours(1);
/// Networks that are remembered.
const NETWORKS: u64 = 100_000;

/// Counts requests by where they come from.
#[derive(Clone)]
pub(super) struct Bound(Cache<u128, Arc<AtomicU32>>);

impl Default for Bound {
    fn default() -> Self {
        let counts = Cache::builder().max_capacity(NETWORKS).time_to_live(WITHIN);
        Self(counts.build())
    }
}

impl Bound {
    /// Whether one more may come from there.
    pub(super) fn admits(&self, address: IpAddr) -> bool {
        let count = self.0.get_with(network(address), Arc::default);
        count.fetch_add(1, Ordering::Relaxed) < MOST
    }
}

/// What one customer of a provider has: an IPv4 address, or an IPv6 /64.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_its_own() {
        let bound = Bound::default();
        let admitted = |text: &str| bound.admits(text.parse().unwrap());
        assert!((0..MOST).all(|_| admitted("192.0.2.1")));
        assert!(!admitted("192.0.2.1") && !admitted("::ffff:192.0.2.1"));
        assert!(admitted("192.0.2.2"));
        assert!((0..MOST).all(|n| admitted(&format!("2001:db8::{n:x}"))));
        assert!(!admitted("2001:db8::ffff"));
        assert!(admitted("2001:db8:0:1::1"));
    }
}
