//! What the request pool has done so far.

use std::sync::atomic::{AtomicU64, Ordering};

use super::backend::Statements;
use crate::kernel::metric::Histogram;

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
    /// Transactions dropped without an end, by clients who went away.
    pub abandoned: AtomicU64,
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
