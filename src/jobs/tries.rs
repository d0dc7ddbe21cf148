//! How often a job was tried, as its run and what writes it down both see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Which try a run is, from 1.
#[derive(Clone, Debug)]
pub(super) struct Tries(Arc<AtomicI32>);

impl Tries {
    pub(super) fn new(tries: i32) -> Self {
        Self(Arc::new(AtomicI32::new(tries)))
    }

    pub(super) fn count(&self) -> i32 {
        self.0.load(Ordering::Relaxed)
    }

    /// This run counts as the first.
    pub(super) fn start_over(&self) {
        self.0.store(1, Ordering::Relaxed);
    }
}
