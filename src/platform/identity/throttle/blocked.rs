//! What this node knows of those who have to wait.
//!
//! An attacker who does not wait is refused from memory: he costs a statement
//! every few seconds, however often he tries. That often what is known is looked
//! up anew, since another node may have let the right password in meanwhile.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;

use super::subject::Subject;

/// Subjects kept; the least recently seen go, and are looked up again.
const KEPT: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// How long what is known counts.
const BELIEVED: TimeDelta = TimeDelta::seconds(5);

/// Subjects that are blocked.
pub(super) struct Blocked(Mutex<LruCache<Subject, Known>>);

#[derive(Clone, Copy)]
struct Known {
    until: DateTime<Utc>,
    since: DateTime<Utc>,
}

impl Known {
    fn holds(&self, now: DateTime<Utc>) -> bool {
        self.until > now && now - self.since < BELIEVED
    }
}

impl Default for Blocked {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Blocked {
    /// Until when the last of these subjects is blocked, if one is.
    pub(super) fn until(&self, subjects: &[Subject], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut kept = self.lock();
        let known = subjects.iter().filter_map(|one| kept.get(one).copied());
        let holding = known.filter(|known| known.holds(now));
        holding.map(|known| known.until).max()
    }

    /// Notes those that are blocked.
    pub(super) fn note(&self, states: &[(Subject, DateTime<Utc>)], now: DateTime<Utc>) {
        let mut kept = self.lock();
        for (subject, until) in states.iter().filter(|(_, until)| *until > now) {
            let (until, since) = (*until, now);
            kept.put(*subject, Known { until, since });
        }
    }

    /// Forgets what was known of these.
    pub(super) fn forget(&self, subjects: &[Subject]) {
        let mut kept = self.lock();
        for subject in subjects {
            kept.pop(subject);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<Subject, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
