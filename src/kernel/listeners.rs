//! Waking those who wait for news of one thing among many.
//!
//! Who waits is found by the thing's key, so that news of one wakes nobody else,
//! however many wait.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Who waits, by what he waits for. Of each thing is kept what was last known.
pub struct Listeners<K: Eq + Hash>(Places<K>);

type Places<K> = Arc<Mutex<HashMap<K, watch::Sender<i64>>>>;

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
        Self(Arc::default())
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

    /// Wakes those who listen to `key`.
    pub fn tell(&self, key: &K) {
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

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut places = lock(&self.places);
        let is_last = |sender: &watch::Sender<i64>| sender.receiver_count() == 0;
        if places.get(&self.key).is_some_and(is_last) {
            places.remove(&self.key);
        }
    }
}

fn lock<K>(places: &Places<K>) -> MutexGuard<'_, HashMap<K, watch::Sender<i64>>> {
    // Whole after every statement, so a panic elsewhere has not broken it.
    places.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn what_was_known_is_not_learnt_again() {
        let listeners = Listeners::default();
        assert!(!listeners.learn(&1, 7));
        let _listener = listeners.listen(1, 7);
        assert!(!listeners.learn(&1, 7));
        assert!(listeners.learn(&1, 8));
        assert!(!listeners.learn(&1, 8));
    }
}
