//! How often codes may be sent, so that nobody is pestered and nobody runs up a
//! bill.

use chrono::{DateTime, TimeDelta, Utc};

/// Least time between two messages to one telephone.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Most messages to one telephone within an hour.
pub(super) const PER_HOUR: usize = 5;
/// Most messages of one user within a day.
pub(super) const PER_DAY: usize = 10;

/// The hour and the day of these limits.
pub(super) const HOUR: TimeDelta = TimeDelta::hours(1);
pub(super) const DAY: TimeDelta = TimeDelta::days(1);

/// How long to wait after messages at these times: those to the telephone within an
/// hour, and those of the user within a day; each newest first, as many as it may
/// be at most.
pub(super) fn wait(
    of_phone: &[DateTime<Utc>],
    of_user: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Option<TimeDelta> {
    let ends = [
        of_phone.first().map(|last| *last + PAUSE),
        // The oldest of as many as there may be has to leave the hour or the day.
        of_phone.get(PER_HOUR - 1).map(|at| *at + HOUR),
        of_user.get(PER_DAY - 1).map(|at| *at + DAY),
    ];
    let left = ends.into_iter().flatten().max()? - now;
    (left > TimeDelta::zero()).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    fn newest_first(count: i64) -> Vec<DateTime<Utc>> {
        (0..count).rev().map(at).collect()
    }

    #[test]
    fn one_a_minute_and_five_an_hour_to_a_telephone() {
        assert_eq!(wait(&[], &[], at(0)), None);
        let half = at(0) + TimeDelta::seconds(30);
        assert_eq!(wait(&[at(0)], &[], half), Some(TimeDelta::seconds(30)));
        assert_eq!(wait(&[at(0)], &[], at(1)), None);
        assert_eq!(wait(&newest_first(4), &[], at(4)), None);
        let left = wait(&newest_first(5), &[], at(5));
        assert_eq!(left, Some(TimeDelta::minutes(55)));
        assert_eq!(wait(&newest_first(5), &[], at(60)), None);
    }

    #[test]
    fn ten_a_day_of_a_user() {
        assert_eq!(wait(&[], &newest_first(9), at(9)), None);
        let left = wait(&[], &newest_first(10), at(10));
        assert_eq!(left, Some(TimeDelta::minutes(24 * 60 - 10)));
        assert_eq!(wait(&[], &newest_first(10), at(24 * 60)), None);
    }
}
