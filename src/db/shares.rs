//! Fairness: how much of the pool one dealer may take.
//!
//! A dealer has a few places at work and a queue behind them. What comes when
//! the queue is full is turned away at once, with a hint when to come again, so
//! that one dealer's flood fills his own queue and nobody else's.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::kernel::ids::DealerId;

/// The dealers at work or waiting; the others take no memory.
#[derive(Clone)]
pub(crate) struct Shares {
    places: usize,
    queue: usize,
    dealers: Arc<Mutex<HashMap<DealerId, Arc<Share>>>>,
}

struct Share {
    places: Arc<Semaphore>,
    /// At work and waiting together.
    present: AtomicUsize,
}

/// A dealer's queue is full.
#[derive(Debug)]
pub(crate) struct QueueFull;

/// One of a dealer's places, free again when dropped.
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    presence: Presence,
}

struct Presence {
    shares: Shares,
    dealer: DealerId,
    share: Arc<Share>,
}

impl Place {
    /// Whether nobody else of this dealer is at work or waiting.
    pub(crate) fn is_alone(&self) -> bool {
        self.presence.share.present.load(Ordering::Relaxed) == 1
    }
}

impl Shares {
    /// `places` at work and `queue` waiting per dealer.
    pub(crate) fn new(places: usize, queue: usize) -> Self {
        Self {
            places,
            queue,
            dealers: Arc::default(),
        }
    }

    /// Waits for one of the dealer's places. Dropped while waiting, it leaves
    /// the queue.
    pub(crate) async fn take(&self, dealer: DealerId) -> Result<Place, QueueFull> {
        let presence = self.enter(dealer)?;
        let places = Arc::clone(&presence.share.places);
        // The semaphore is never closed; a closed one would be a full queue, too.
        let place = places.acquire_owned().await.map_err(|_closed| QueueFull)?;
        Ok(Place {
            _place: place,
            presence,
        })
    }

    /// Whether the dealer's queue has room at this moment.
    pub(crate) fn check(&self, dealer: DealerId) -> Result<(), QueueFull> {
        let dealers = self.lock();
        dealers
            .get(&dealer)
            .map_or(Ok(()), |share| self.room(share))
    }

    fn room(&self, share: &Share) -> Result<(), QueueFull> {
        let most = self.places.saturating_add(self.queue);
        if share.present.load(Ordering::Relaxed) < most {
            return Ok(());
        }
        Err(QueueFull)
    }

    fn enter(&self, dealer: DealerId) -> Result<Presence, QueueFull> {
        let mut dealers = self.lock();
        let share = dealers.entry(dealer).or_insert_with(|| {
            Arc::new(Share {
                places: Arc::new(Semaphore::new(self.places)),
                present: AtomicUsize::new(0),
            })
        });
        self.room(share)?;
        share.present.fetch_add(1, Ordering::Relaxed);
        Ok(Presence {
            shares: self.clone(),
            dealer,
            share: Arc::clone(share),
        })
    }

    /// Dealers at work or waiting.
    pub(crate) fn dealers(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<DealerId, Arc<Share>>> {
        // Whole after every statement, so a panic elsewhere has not broken it.
        self.dealers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Counted and removed under the lock that also lets in, so that nobody
        // enters a share that has just been forgotten.
        let mut dealers = self.shares.lock();
        if self.share.present.fetch_sub(1, Ordering::Relaxed) == 1 {
            dealers.remove(&self.dealer);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_dealer_waits_behind_himself_only() {
        let shares = Shares::new(1, 1);
        let (busy, other) = (DealerId::generate(), DealerId::generate());
        let first = shares.take(busy).await.unwrap();
        assert!(first.is_alone());
        let mut second = Box::pin(shares.take(busy));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(!first.is_alone());
        assert!(shares.take(busy).await.is_err() && shares.check(busy).is_err());
        assert!(shares.take(other).await.is_ok() && shares.check(other).is_ok());
        drop(first);
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_leaves_the_queue() {
        let shares = Shares::new(1, 1);
        let dealer = DealerId::generate();
        let first = shares.take(dealer).await.unwrap();
        for _ in 0..3 {
            let mut waiting = Box::pin(shares.take(dealer));
            assert!(waiting.as_mut().now_or_never().is_none());
        }
        drop(first);
        assert_eq!(shares.dealers(), 0);
        assert!(shares.take(dealer).await.is_ok());
    }
}
