//! Leaves a helper alone that does not answer.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// After so many failures in a row the helper is left alone for a while.
const FAILURES: u32 = 5;
const REST: Duration = Duration::from_secs(5);

/// Knows whether it is worth while to ask a helper that one can do without.
#[derive(Debug)]
pub struct Breaker {
    started: Instant,
    failures: AtomicU32,
    /// Milliseconds from the start.
    rests_until: AtomicU64,
    is_away: AtomicBool,
}

/// What has become of a helper by his last answer, or by having given none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// He gave several in a row no answer, and did before.
    Away,
    /// He answers again.
    Back,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            failures: AtomicU32::new(0),
            rests_until: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
        }
    }
}

impl Breaker {
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether he may be asked.
    pub fn is_closed(&self) -> bool {
        self.rests_until.load(Ordering::Relaxed) <= self.now()
    }

    /// Whether he gave no answer of late.
    pub fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// Notes whether he answered; tells of changes only, for the log.
    pub fn note(&self, answered: bool) -> Option<Turn> {
        if answered {
            self.failures.store(0, Ordering::Relaxed);
            return self
                .is_away
                .swap(false, Ordering::Relaxed)
                .then_some(Turn::Back);
        }
        let failures = self
            .failures
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        if failures < FAILURES {
            return None;
        }
        let rest = u64::try_from(REST.as_millis()).unwrap_or(u64::MAX);
        self.rests_until
            .store(self.now().saturating_add(rest), Ordering::Relaxed);
        (!self.is_away.swap(true, Ordering::Relaxed)).then_some(Turn::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_rests_after_some_failures_and_changes_are_told_once() {
        let breaker = Breaker::default();
        for _ in 1..FAILURES {
            assert_eq!(breaker.note(false), None);
        }
        assert!(breaker.is_closed() && !breaker.is_away());
        assert_eq!(breaker.note(false), Some(Turn::Away));
        assert!(!breaker.is_closed() && breaker.is_away());
        assert_eq!(breaker.note(false), None);
        assert_eq!(breaker.note(true), Some(Turn::Back));
        assert_eq!(breaker.note(true), None);
    }
}
