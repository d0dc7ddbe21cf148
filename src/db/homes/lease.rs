//! Leases: how a connection leaves the pool and comes back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::{Homes, Slot};
use crate::db::backend::{Backend, End};
use crate::db::shares::Place;

/// How long a transaction that was left behind may take to be undone, before its
/// connection is closed instead.
const ROLLBACK_WITHIN: Duration = Duration::from_secs(2);
/// A backend is asked for its memory once in so many leases; the answer takes it
/// some milliseconds.
const LEASES_PER_WEIGHING: u32 = 1024;

/// A connection on its way between pool and pool.
///
/// [`Lease::give_back`] returns it at once. Dropped, it is rolled back first,
/// and closed if that takes long or fails: the caller went away in the middle of
/// something, but what the backend knows of its dealers is worth keeping.
pub(crate) struct Lease {
    pub(super) backend: Option<Backend>,
    /// Until the backend is back, nobody else has its slot.
    pub(super) hold: Option<Hold>,
    pub(super) pool: Homes,
}

/// A slot and a dealer's place, free again when dropped.
pub(super) struct Hold {
    pub(super) slot: OwnedMutexGuard<Slot>,
    pub(super) _place: Place,
}

impl Lease {
    /// The connection.
    #[expect(
        clippy::unreachable,
        reason = "only give_back takes it, and ends the lease"
    )]
    pub(crate) fn backend(&mut self) -> &mut Backend {
        match &mut self.backend {
            Some(backend) => backend,
            None => unreachable!("the lease has ended"),
        }
    }

    /// Returns the connection for others to use, unless it is worn or its
    /// transaction has not ended.
    pub(crate) fn give_back(mut self) {
        if let (Some(backend), Some(hold)) = (self.backend.take(), self.hold.take()) {
            self.pool.take_back(backend, hold);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (Some(mut backend), Some(hold)) = (self.backend.take(), self.hold.take()) else {
            return;
        };
        let pool = self.pool.clone();
        pool.metrics.abandoned.fetch_add(1, Ordering::Relaxed);
        self.pool.connector.spawn(async move {
            let ended = timeout(ROLLBACK_WITHIN, backend.end(End::Rollback)).await;
            if matches!(ended, Ok(Ok(()))) {
                pool.take_back(backend, hold);
            }
        });
    }
}

impl Homes {
    /// Puts an idle backend into its slot again.
    fn take_back(&self, mut backend: Backend, mut hold: Hold) {
        if !backend.is_idle() {
            return;
        }
        self.metrics.count_statements(backend.statements());
        if self.is_worn(&backend) {
            self.metrics.recycled.fetch_add(1, Ordering::Relaxed);
        } else if hold.slot.unweighed < LEASES_PER_WEIGHING {
            hold.slot.unweighed += 1;
            hold.slot.backend = Some(backend);
        } else {
            self.take_back_weighed(backend, hold);
        }
    }

    /// The slot stays taken for the while; others find a neighbour.
    fn take_back_weighed(&self, mut backend: Backend, mut hold: Hold) {
        let pool = self.clone();
        self.connector.spawn(async move {
            hold.slot.unweighed = 0;
            if pool.weigh(&mut backend).await {
                hold.slot.backend = Some(backend);
            } else {
                pool.metrics.recycled.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
}
