//! SQL of webhooks.

pub mod deliveries;
pub mod endpoints;
pub mod feeds;
pub mod log;
pub mod secrets;

/// Most rows that go in one statement, so that it is short.
pub(super) const PRUNED_AT_ONCE: i64 = 1000;
