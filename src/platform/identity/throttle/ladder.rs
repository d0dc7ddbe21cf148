//! How long one has to wait after so many wrong passwords.
//!
//! Nothing here knows of a database: a [`State`] is what is stored of a subject,
//! and a [`Ladder`] says what follows it.

use chrono::{DateTime, TimeDelta, Utc};

/// What is held against a subject: each wrong password moves `forgotten_at` one
/// step further, so what is left until then tells how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    /// From when on another password is looked at.
    pub(super) free_at: DateTime<Utc>,
    /// When nothing is held against the subject any more.
    pub(super) forgotten_at: DateTime<Utc>,
}

/// How the subjects of one kind are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ladder {
    /// Wrong passwords without a delay. Then come 1, 2, 4, 8… seconds.
    pub(super) free: u32,
    /// The longest delay.
    pub(super) longest: TimeDelta,
    /// After how long one of them is forgotten.
    pub(super) forgets: TimeDelta,
}

impl Ladder {
    /// What a subject of this state is like after one more wrong password.
    pub(super) fn after_failure(&self, state: Option<State>, now: DateTime<Utc>) -> State {
        let count = self.count(state, now).saturating_add(1).min(self.most());
        State {
            free_at: now + self.delay(count),
            forgotten_at: self.forgotten_at(count, state, now),
        }
    }

    /// What a subject is like when its last password turns out not to have been
    /// wrong; nothing if nothing is left to hold against it.
    pub(super) fn taken_back(&self, state: State, now: DateTime<Utc>) -> Option<State> {
        let forgotten_at = state.forgotten_at - self.forgets;
        (forgotten_at > now).then_some(State {
            free_at: now,
            forgotten_at,
        })
    }

    /// Wrong passwords not yet forgotten, one begun counted as a whole.
    fn count(&self, state: Option<State>, now: DateTime<Utc>) -> u32 {
        let left = state.map_or(TimeDelta::zero(), |state| state.forgotten_at - now);
        let step = self.forgets.num_milliseconds().max(1);
        let count = left.num_milliseconds().max(0).saturating_add(step - 1) / step;
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn forgotten_at(&self, count: u32, state: Option<State>, now: DateTime<Utc>) -> DateTime<Utc> {
        let from = state.map_or(now, |state| state.forgotten_at.max(now));
        let steps = i32::try_from(count).unwrap_or(i32::MAX);
        (from + self.forgets).min(now + self.forgets * steps)
    }

    /// The delay after so many.
    fn delay(&self, count: u32) -> TimeDelta {
        match count.checked_sub(self.free) {
            None => TimeDelta::zero(),
            Some(beyond) => TimeDelta::seconds(1_i64 << beyond.min(30)).min(self.longest),
        }
    }

    /// More than these make no difference, so that whoever was attacked for long
    /// is not held to it for longer.
    fn most(&self) -> u32 {
        let doublings = (0..31).find(|n| TimeDelta::seconds(1 << n) >= self.longest);
        self.free.saturating_add(doublings.unwrap_or(31))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: Ladder = Ladder {
        free: 5,
        longest: TimeDelta::minutes(1),
        forgets: TimeDelta::minutes(15),
    };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// The delays of one who tries again as soon as he may.
    fn delays(count: usize) -> Vec<i64> {
        let (mut state, mut now) = (None, at(0));
        let mut delays = Vec::new();
        for _ in 0..count {
            let next = LADDER.after_failure(state, now);
            delays.push((next.free_at - now).num_seconds());
            (state, now) = (Some(next), next.free_at);
        }
        delays
    }

    #[test]
    fn four_more_are_free_and_then_delays_double_up_to_the_longest() {
        assert_eq!(delays(14), [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    }

    #[test]
    fn it_never_gets_worse_than_the_longest_delay() {
        assert!(delays(10_000).iter().all(|delay| *delay <= 60));
    }

    #[test]
    fn one_is_forgotten_every_quarter_of_an_hour() {
        let mut state = None;
        for _ in 0..6 {
            state = Some(LADDER.after_failure(state, at(0)));
        }
        let later = LADDER.after_failure(state, at(15 * 60));
        assert_eq!(later.free_at, at(15 * 60 + 2), "the sixth again");
        let much_later = LADDER.after_failure(state, at(6 * 15 * 60));
        assert_eq!(much_later.free_at, at(6 * 15 * 60), "the first again");
    }

    #[test]
    fn an_attack_of_a_day_is_forgotten_within_hours() {
        let (mut state, mut now) = (None, at(0));
        while now < at(86_400) {
            let next = LADDER.after_failure(state, now);
            (state, now) = (Some(next), next.free_at);
        }
        assert!(state.unwrap().forgotten_at <= now + TimeDelta::hours(3));
    }

    #[test]
    fn what_is_taken_back_leaves_no_trace() {
        let first = LADDER.after_failure(None, at(0));
        assert_eq!(LADDER.taken_back(first, at(1)), None);
        let second = LADDER.after_failure(Some(first), at(1));
        let back = LADDER.taken_back(second, at(2)).unwrap();
        assert_eq!(back.forgotten_at, first.forgotten_at);
        assert_eq!(back.free_at, at(2));
    }
}
