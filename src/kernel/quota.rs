//! Counting what is held, by whom, up to a limit.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many places each may hold, and who holds how many. Whoever holds none takes
/// no memory. The lock is held for one look-up.
pub struct Quota<K: Eq + Hash> {
    most: usize,
    held: Held<K>,
}

type Held<K> = Arc<Mutex<HashMap<K, usize>>>;

/// One of somebody's places, for as long as this value lives.
pub struct Place<K: Eq + Hash> {
    held: Held<K>,
    key: K,
}

impl<K: Eq + Hash + Copy> Quota<K> {
    /// `most` places for each.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            held: Arc::default(),
        }
    }

    /// A place for `key`; none if all are taken.
    pub fn take(&self, key: K) -> Option<Place<K>> {
        let mut held = lock(&self.held);
        let count = held.entry(key).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count = count.saturating_add(1);
        drop(held);
        Some(Place {
            held: Arc::clone(&self.held),
            key,
        })
    }

    /// Places that each may hold.
    pub const fn most(&self) -> usize {
        self.most
    }

    #[cfg(test)]
    fn holders(&self) -> usize {
        lock(&self.held).len()
    }
}

impl<K: Eq + Hash> fmt::Debug for Quota<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Quota");
        shown.field("most", &self.most).finish_non_exhaustive()
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        let Some(count) = held.get_mut(&self.key) else {
            return;
        };
        *count = count.saturating_sub(1);
        if *count == 0 {
            held.remove(&self.key);
        }
    }
}

fn lock<K>(held: &Held<K>) -> MutexGuard<'_, HashMap<K, usize>> {
    // Whole after every statement, so a panic elsewhere has not broken it.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_places_of_his_own_and_what_is_left_is_free_again() {
        let quota = Quota::new(2);
        let mine = [quota.take("me"), quota.take("me")];
        assert!(mine.iter().all(Option::is_some));
        assert!(quota.take("me").is_none());
        let other = quota.take("you");
        assert!(other.is_some());
        assert_eq!(quota.holders(), 2);
        drop(mine);
        assert!(quota.take("me").is_some());
        drop(other);
        assert_eq!(quota.holders(), 0);
    }
}
