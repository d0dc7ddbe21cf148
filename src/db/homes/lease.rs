//! Leases: how a connection leaves the pool and comes back.

use std::sync::atomic::Ordering;

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use super::{Homes, Slot};
use crate::db::backend::{Backend, Left};
use crate::db::limits;
use crate::db::shares::Place;

/// A backend is asked for its memory once in so many leases; the answer takes it
/// some milliseconds.
const LEASES_PER_WEIGHING: u32 = 1024;

/// A connection on its way between pool and pool.
///
/// [`Lease::give_back`] returns it at once. Dropped or let go, its transaction is
/// undone first, and what is under way in it cancelled: the caller went away in the
/// middle of something, but what the backend knows of its dealers is worth keeping.
/// Nobody else has its slot meanwhile, so there are never more backends than slots.
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

    /// Undoes the transaction and returns the connection; nobody waits for it.
    pub(crate) fn let_go(mut self) {
        if let (Some(backend), Some(hold)) = (self.backend.take(), self.hold.take()) {
            self.pool.undo(backend, hold, Left::AtRest);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let (Some(backend), Some(hold)) = (self.backend.take(), self.hold.take()) {
            self.pool.metrics.abandoned.fetch_add(1, Ordering::Relaxed);
            self.pool.undo(backend, hold, Left::AtWork);
        }
    }
}

impl Homes {
    /// Takes a connection back that is in a transaction, as soon as that is undone.
    /// If it can not be, the connection is closed.
    fn undo(&self, mut backend: Backend, hold: Hold, left: Left) {
        let pool = self.clone();
        self.connector.spawn(async move {
            match backend.undo(left).await {
                Ok(()) => pool.take_back(backend, hold),
                Err(error) => {
                    tracing::warn!(%error, "a transaction could not be undone; its connection is closed");
                }
            }
        });
    }

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
            let weighed = timeout(limits::READ, pool.weigh(&mut backend)).await;
            if weighed.is_ok_and(|is_worth_keeping| is_worth_keeping) {
                hold.slot.backend = Some(backend);
            } else {
                pool.metrics.recycled.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
}
