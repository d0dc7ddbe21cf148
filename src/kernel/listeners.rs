//! Waking those who wait for news of one thing among many.
//!
//! Who waits is found by the thing's key, so that news of one wakes nobody else,
//! however many wait.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{Notify, watch};

/// Who waits, by what he waits for. Of each thing is kept what was last known.
pub struct Listeners<K: Eq + Hash>(Places<K>, Gatherings<K>);

type Places<K> = Arc<Mutex<HashMap<K, watch::Sender<i64>>>>;

type Gatherings<K> = Arc<Mutex<Vec<Weak<Heap<K>>>>>;

/// Things of which there was news, until somebody looks.
struct Heap<K> {
    keys: Mutex<HashSet<K>>,
    added: Notify,
}

/// Hears of everything, each thing once until it is taken.
pub struct Gathering<K>(Arc<Heap<K>>);

/// Hears of one thing.
pub struct Listener<K: Eq + Hash> {
    // Declared, and so dropped, before `_place`, which counts receivers.
    changes: watch::Receiver<i64>,
    _place: Place<K>,
}

struct Place<K: Eq + Hash> {
    places: Places<K>,
    key: K,
}

impl<K: Eq + Hash> Default for Listeners<K> {
    fn default() -> Self {
        Self(Arc::default(), Arc::default())
    }
}

impl<K: Eq + Hash + Copy> Listeners<K> {
    /// Hears of `key` from now on; `known` is what is known of it.
    pub fn listen(&self, key: K, known: i64) -> Listener<K> {
        let mut places = lock(&self.0);
        let sender = places
            .entry(key)
            .or_insert_with(|| watch::Sender::new(known));
        Listener {
            changes: sender.subscribe(),
            _place: Place {
                places: Arc::clone(&self.0),
                key,
            },
        }
    }

    /// Hears of everything from now on.
    pub fn gather(&self) -> Gathering<K> {
        let heap = Arc::new(Heap {
            keys: Mutex::default(),
            added: Notify::new(),
        });
        let mut gatherings = lock(&self.1);
        gatherings.retain(|one| one.strong_count() > 0);
        gatherings.push(Arc::downgrade(&heap));
        Gathering(heap)
    }

    /// Wakes those who listen to `key`, and those who gather.
    pub fn tell(&self, key: &K) {
        for heap in lock(&self.1).iter().filter_map(Weak::upgrade) {
            lock(&heap.keys).insert(*key);
            heap.added.notify_one();
        }
        if let Some(sender) = lock(&self.0).get(key) {
            sender.send_modify(|_known| {});
        }
    }

    /// Whether somebody listens to `key` and knew something else of it; he is not
    /// told yet.
    pub fn learn(&self, key: &K, known: i64) -> bool {
        let learn = |old: &mut i64| std::mem::replace(old, known) != known;
        let mut is_new = false;
        if let Some(sender) = lock(&self.0).get(key) {
            sender.send_if_modified(|old| {
                is_new = learn(old);
                false
            });
        }
        is_new
    }

    /// To what somebody listens.
    pub fn keys(&self) -> Vec<K> {
        lock(&self.0).keys().copied().collect()
    }

    /// Whether nobody listens to anything.
    pub fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }
}

impl<K: Eq + Hash> Listener<K> {
    /// Waits for news.
    pub async fn changed(&mut self) {
        // The sender stays in its place for as long as this listener does.
        let _told = self.changes.changed().await;
    }
}

impl<K: Eq + Hash> Gathering<K> {
    /// What there was news of since the last time, as soon as there is any. Nothing is
    /// lost if the caller stops waiting.
    pub async fn take(&mut self) -> Vec<K> {
        loop {
            let taken: Vec<K> = lock(&self.0.keys).drain().collect();
            if !taken.is_empty() {
                return taken;
            }
            self.0.added.notified().await;
        }
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut places = lock(&self.places);
        let is_last = |sender: &watch::Sender<i64>| sender.receiver_count() == 0;
        if places.get(&self.key).is_some_and(is_last) {
            places.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whole after every statement, so a panic elsewhere has not broken it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn listeners_hear_of_their_own_only_and_leave_nothing_behind() {
        let listeners = Listeners::default();
        let (mut one, mut two) = (listeners.listen(1, 0), listeners.listen(1, 0));
        listeners.tell(&2);
        assert!(one.changed().now_or_never().is_none());
        listeners.tell(&1);
        assert!(one.changed().now_or_never().is_some());
        assert!(two.changed().now_or_never().is_some());
        assert!(one.changed().now_or_never().is_none());
        drop(one);
        assert_eq!(listeners.keys(), [1]);
        drop(two);
        assert!(listeners.is_empty());
    }

    #[test]
    fn who_gathers_hears_of_everything_once() {
        let listeners = Listeners::default();
        listeners.tell(&1);
        let mut gathering = listeners.gather();
        assert!(gathering.take().now_or_never().is_none());
        for key in [1, 2, 1] {
            listeners.tell(&key);
        }
        let mut taken = gathering.take().now_or_never().unwrap();
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
        assert!(gathering.take().now_or_never().is_none());
        drop(gathering);
        listeners.tell(&3);
        drop(listeners.gather());
        assert_eq!(lock(&listeners.1).len(), 1);
    }

    #[test]
    fn what_was_known_is_not_learnt_again() {
        let listeners = Listeners::default();
        assert!(!listeners.learn(&1, 7));
        let _listener = listeners.listen(1, 7);
        assert!(!listeners.learn(&1, 7));
        assert!(listeners.learn(&1, 8));
        assert!(!listeners.learn(&1, 8));
    }
}
