//! What this node has heard of changed dealers, and who waits to hear.
//!
//! What was read of a dealer is acted on only while it can not be older than
//! [`TRUST`]: either all changes up to then have been heard since, or it has been
//! read since. Nothing else is believed, whatever happens to connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listeners;

/// The longest that a change may go unnoticed.
pub(super) const TRUST: Duration = Duration::from_secs(1);
/// How long without news before the log is read in the watch's place: twice as
/// long as the watch takes to read it.
const QUIET: Duration = Duration::from_millis(500);
/// How long without news before the node says so.
const DEGRADED_AFTER: Duration = Duration::from_secs(2);
/// Counters of changes; dealers who share one are read anew together.
const COUNTERS: usize = 4096;

/// The changes heard of, counted, and when last nothing was missing.
pub(super) struct News {
    began: Instant,
    changes: Box<[AtomicU64]>,
    /// Microseconds after `began`; 0 for never.
    complete: AtomicU64,
    reads: AtomicU64,
    /// Who waits for changes of a dealer, of whom the epoch is known.
    pub(super) listeners: Listeners<DealerId>,
}

/// When a dealer was read: the time, and the changes counted until then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    at: Instant,
    changes: u64,
}

impl News {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            changes: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect(),
            complete: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            listeners: Listeners::default(),
        }
    }

    /// To be taken before the dealer is read.
    pub(super) fn moment(&self, dealer: DealerId) -> Moment {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Moment {
            at: Instant::now(),
            changes: self.count(dealer),
        }
    }

    /// Moments taken so far.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Whether what was read at `read` will do for somebody who asked at `asked`.
    pub(super) fn still_holds(&self, dealer: DealerId, read: Moment, asked: Instant) -> bool {
        // Before the counter, which is raised before nothing is missing.
        let is_complete = self.is_complete_within(TRUST);
        read.at >= asked
            || (read.changes == self.count(dealer) && (is_complete || read.at.elapsed() < TRUST))
    }

    /// A dealer has changed.
    pub(super) fn changed(&self, dealer: DealerId) {
        if let Some(counter) = self.counter(dealer) {
            counter.fetch_add(1, Ordering::Release);
        }
        self.listeners.tell(&dealer);
    }

    /// Any dealer may have changed; listeners are told by the caller.
    pub(super) fn anybody_changed(&self) {
        for counter in &self.changes {
            counter.fetch_add(1, Ordering::Release);
        }
    }

    /// All changes until `moment` have been counted.
    pub(super) fn complete_until(&self, moment: Instant) {
        let since = moment.saturating_duration_since(self.began).as_micros();
        let since = u64::try_from(since).unwrap_or(u64::MAX).max(1);
        self.complete.store(since, Ordering::Release);
    }

    /// Whether nothing that happened until [`TRUST`] ago was missed.
    pub(super) fn is_trusted(&self) -> bool {
        self.is_complete_within(TRUST)
    }

    /// Whether the watch has said nothing for longer than it should.
    pub(super) fn is_quiet(&self) -> bool {
        !self.is_complete_within(QUIET)
    }

    /// Whether changes are heard of as they should.
    pub(super) fn is_current(&self) -> bool {
        self.is_complete_within(DEGRADED_AFTER)
    }

    fn is_complete_within(&self, limit: Duration) -> bool {
        let complete = self.complete.load(Ordering::Acquire);
        let until = self.began.checked_add(Duration::from_micros(complete));
        complete > 0 && until.is_some_and(|until| until.elapsed() < limit)
    }

    fn count(&self, dealer: DealerId) -> u64 {
        self.counter(dealer)
            .map_or(0, |counter| counter.load(Ordering::Acquire))
    }

    fn counter(&self, dealer: DealerId) -> Option<&AtomicU64> {
        let (_time, random) = dealer.uuid().as_u64_pair();
        let counters = u64::try_from(COUNTERS).unwrap_or(1);
        usize::try_from(random % counters)
            .ok()
            .and_then(|index| self.changes.get(index))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// A moment after `moment`, as of somebody who asks later.
    fn later(moment: Moment) -> Instant {
        moment.at + Duration::from_micros(1)
    }

    #[test]
    fn what_was_read_before_a_change_holds_no_longer() {
        let (news, dealer) = (News::new(), DealerId::generate());
        let read = news.moment(dealer);
        news.complete_until(Instant::now());
        assert!(news.still_holds(dealer, read, later(read)));
        news.changed(dealer);
        assert!(!news.still_holds(dealer, read, later(read)));
        // Read after the change, for somebody who asked before it.
        let again = news.moment(dealer);
        assert!(news.still_holds(dealer, again, later(read)));
    }

    #[test]
    fn any_dealer_may_have_changed_when_news_were_lost() {
        let (news, dealer) = (News::new(), DealerId::generate());
        let read = news.moment(dealer);
        news.anybody_changed();
        news.complete_until(Instant::now());
        assert!(!news.still_holds(dealer, read, later(read)));
    }

    #[test]
    fn without_news_what_was_read_holds_for_a_second() {
        let (news, dealer) = (News::new(), DealerId::generate());
        let read = news.moment(dealer);
        assert!(!news.is_current());
        assert!(news.still_holds(dealer, read, later(read)));
        let old = Moment {
            at: read.at.checked_sub(TRUST).unwrap(),
            ..read
        };
        assert!(!news.still_holds(dealer, old, later(old)));
        news.complete_until(Instant::now());
        assert!(news.is_current());
        assert!(news.still_holds(dealer, old, later(old)));
    }

    #[test]
    fn a_change_wakes_those_who_listen() {
        let (news, dealer) = (News::new(), DealerId::generate());
        let mut listener = news.listeners.listen(dealer, 0);
        news.changed(dealer);
        assert!(listener.changed().now_or_never().is_some());
    }
}
