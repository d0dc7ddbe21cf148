//! Following a dealer's events as they are committed.
//!
//! ```text
//! events of a dealer ──▶ Tail, one per dealer and node ──▶ Follower, one per subscription
//!          └──────────────── pages, for who is behind ───────────┘
//! ```
//!
//! A `Tail` reads each event once and hands it to all `Follower`s of the dealer
//! on this node. A hint of the bus wakes it; without one it looks every second. A
//! follower that comes late, or reads more slowly than events come, reads pages from
//! the table, until it has caught up. Ids have no gaps, so each knows exactly what
//! it has not had; what waits for it is bounded, however slow it is.

mod follower;
mod tail;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

pub use follower::{Delivery, Follower};
use tail::Tail;

use super::context::TenantContext;
use super::tx::TenantPool;
use crate::error::AppResult;
use crate::events::EventId;
use crate::kernel::ids::DealerId;

/// The dealers who are followed on this node.
#[derive(Clone, Default)]
pub struct Tails(Arc<Mutex<HashMap<DealerId, Weak<Tail>>>>);

impl Tails {
    /// The tail of `dealer`, made now if nobody follows him yet.
    fn join(&self, dealer: DealerId) -> Arc<Tail> {
        let mut tails = self.lock();
        if let Some(tail) = tails.get(&dealer).and_then(Weak::upgrade) {
            return tail;
        }
        let tail = Arc::new(Tail::new(dealer, self.clone()));
        tails.insert(dealer, Arc::downgrade(&tail));
        tail
    }

    /// Forgets a tail that has just ended, unless another has taken its place.
    fn forget(&self, dealer: DealerId) {
        let mut tails = self.lock();
        if tails
            .get(&dealer)
            .is_some_and(|tail| tail.strong_count() == 0)
        {
            tails.remove(&dealer);
        }
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DealerId, Weak<Tail>>> {
        // Whole after every statement, so a panic elsewhere has not broken it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TenantPool {
    /// The events of the dealer of `context` that its actor may hear of: those behind
    /// `after`, or from now on.
    pub async fn follow(
        &self,
        context: &Arc<TenantContext>,
        after: Option<EventId>,
    ) -> AppResult<Follower> {
        let tail = self.tails().join(context.dealer().id);
        Follower::begin(self.clone(), context, tail, after).await
    }
}
