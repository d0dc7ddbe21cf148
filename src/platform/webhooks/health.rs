//! What becomes of an endpoint with the outcome of each attempt.
//!
//! Time counts, not the number of failures: an endpoint is disabled when nothing has
//! been delivered for five days, and a day at least after its dealer was warned by mail.
//! It is warned of after three days. One success makes all well again.

use chrono::{DateTime, TimeDelta, Utc};

use super::model::HealthRow;
use super::schedule::{LONGEST_WISH, rest_after, rest_when_overloaded};

/// Failing for so long, it is warned of.
pub const WARNED_AFTER: TimeDelta = TimeDelta::days(3);
/// Failing for so long, it is disabled.
pub const DISABLED_AFTER: TimeDelta = TimeDelta::days(5);
/// So long at least after the warning.
pub const NOTICE: TimeDelta = TimeDelta::days(1);
/// The shortest rest.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);

/// What an attempt says of its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It took the message.
    Well,
    /// It did not.
    Ill,
    /// It has too much to do, and may have said for how long.
    Overloaded(Option<TimeDelta>),
    /// It wants nothing more, ever.
    Gone,
}

/// What has to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing.
    Nothing,
    /// Its dealer is told.
    Warn,
    /// It is disabled, because it has failed for too long.
    Disable,
    /// It is disabled, because it says so.
    Retire,
}

impl HealthRow {
    /// The health after an attempt that ended at `now`, and what follows.
    #[must_use]
    pub fn after(self, sign: Sign, now: DateTime<Utc>, chance: u8) -> (Self, Remedy) {
        if sign == Sign::Well {
            let well = Self {
                last_success_at: Some(now),
                last_failure_at: self.last_failure_at,
                ..Self::default()
            };
            return (well, Remedy::Nothing);
        }
        let since = self.failing_since.unwrap_or(now);
        let mut ill = Self {
            failures: self.failures.saturating_add(1),
            failing_since: Some(since),
            last_failure_at: Some(now),
            ..self
        };
        let rest = ill.rest(sign, chance);
        ill.resting_until = rest.map(|rest| now + rest).max(self.resting_until);
        let remedy = match sign {
            Sign::Gone => Remedy::Retire,
            _ => ill.remedy(now - since, now),
        };
        if remedy == Remedy::Warn {
            ill.warned_at = Some(now);
        }
        (ill, remedy)
    }

    /// Whether only one message is tried, to see whether it is well again.
    pub fn is_in_trouble(&self) -> bool {
        rest_after(self.failures, 128).is_some() || self.resting_until.is_some()
    }

    /// Whether nothing is sent at `now`.
    pub fn is_resting(&self, now: DateTime<Utc>) -> bool {
        self.resting_until.is_some_and(|until| until > now)
    }

    fn rest(&self, sign: Sign, chance: u8) -> Option<TimeDelta> {
        match sign {
            Sign::Overloaded(Some(wish)) => Some(wish.clamp(SHORTEST, LONGEST_WISH)),
            Sign::Overloaded(None) => Some(rest_when_overloaded(self.failures, chance)),
            _ => rest_after(self.failures, chance),
        }
    }

    fn remedy(&self, failing: TimeDelta, now: DateTime<Utc>) -> Remedy {
        match self.warned_at {
            None if failing >= WARNED_AFTER => Remedy::Warn,
            Some(warned) if failing >= DISABLED_AFTER && now - warned >= NOTICE => Remedy::Disable,
            _ => Remedy::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hours * 3600, 0).unwrap()
    }

    fn ill(health: HealthRow, hours: i64) -> (HealthRow, Remedy) {
        health.after(Sign::Ill, at(hours), 128)
    }

    #[test]
    fn who_fails_for_days_is_warned_of_and_then_disabled() {
        let mut health = HealthRow::default();
        let mut said = Vec::new();
        for hour in (0..=121).step_by(11) {
            let (next, remedy) = ill(health, hour);
            health = next;
            if remedy != Remedy::Nothing {
                said.push((hour, remedy));
            }
        }
        assert_eq!(said, [(77, Remedy::Warn), (121, Remedy::Disable)]);
    }

    #[test]
    fn nobody_is_disabled_who_was_not_warned_of_a_day_before() {
        let (health, _) = ill(HealthRow::default(), 0);
        let (health, remedy) = ill(health, 200);
        assert_eq!(remedy, Remedy::Warn);
        let (health, remedy) = ill(health, 223);
        assert_eq!(remedy, Remedy::Nothing);
        assert_eq!(ill(health, 224).1, Remedy::Disable);
    }

    #[test]
    fn one_success_makes_all_well() {
        let (health, _) = ill(HealthRow::default(), 0);
        let (health, _) = ill(health, 100);
        let (health, remedy) = health.after(Sign::Well, at(101), 128);
        assert_eq!(remedy, Remedy::Nothing);
        assert_eq!((health.failures, health.failing_since), (0, None));
        assert_eq!((health.warned_at, health.resting_until), (None, None));
        assert_eq!(health.last_failure_at, Some(at(100)));
        assert!(!health.is_in_trouble());
        // It all begins anew.
        assert_eq!(ill(health, 102).0.failing_since, Some(at(102)));
    }

    #[test]
    fn an_endpoint_rests_as_it_asks_within_bounds() {
        let rest = |wish: Option<i64>| {
            let wish = wish.map(TimeDelta::seconds);
            let (health, _) = HealthRow::default().after(Sign::Overloaded(wish), at(0), 128);
            (health.resting_until.unwrap() - at(0)).num_seconds()
        };
        assert_eq!(rest(Some(90)), 90);
        assert_eq!(rest(Some(0)), 1);
        assert_eq!(rest(Some(i64::from(i32::MAX))), LONGEST_WISH.num_seconds());
        assert_eq!(rest(None), 10);
    }

    #[test]
    fn a_message_that_nobody_takes_is_no_trouble_of_the_endpoint() {
        let mut health = HealthRow::default();
        for hour in 0..4 {
            health = ill(health, hour).0;
            assert!(!health.is_in_trouble() && health.resting_until.is_none());
        }
        let health = ill(health, 4).0;
        assert!(health.is_in_trouble() && health.is_resting(at(4)));
        assert!(!health.is_resting(at(5)));
    }

    #[test]
    fn a_later_failure_shortens_no_rest() {
        let wish = Sign::Overloaded(Some(TimeDelta::hours(1)));
        let (health, _) = HealthRow::default().after(wish, at(0), 128);
        let (health, _) = health.after(Sign::Ill, at(0), 128);
        assert_eq!(health.resting_until, Some(at(1)));
        assert_eq!(health.after(Sign::Gone, at(0), 128).1, Remedy::Retire);
    }
}
