//! How long is waited between attempts.

use chrono::TimeDelta;

/// Seconds before each attempt but the first, which is made at once.
const PAUSES_S: [i64; 9] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    5 * 3600,
    10 * 3600,
    14 * 3600,
    20 * 3600,
    24 * 3600,
];
/// Failures in a row from which on an endpoint rests.
const TROUBLE: i32 = 5;
/// The first rest, doubled each time.
const FIRST_REST_S: i64 = 10;
/// The longest rest.
pub const LONGEST_REST: TimeDelta = TimeDelta::minutes(30);
/// The longest rest that an endpoint may ask for by `Retry-After`.
pub const LONGEST_WISH: TimeDelta = TimeDelta::hours(6);

/// The pause after so many failed attempts of a delivery, 10 % more or less by
/// `chance`; none if it is given up.
pub fn pause_after(attempts: i32, chance: u8) -> Option<TimeDelta> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let seconds = *PAUSES_S.get(index)?;
    Some(jittered(seconds, chance))
}

/// How long an endpoint rests after so many failures in a row; not at all while there
/// are few, since it may be the message.
pub fn rest_after(failures: i32, chance: u8) -> Option<TimeDelta> {
    let doublings = failures.checked_sub(TROUBLE).filter(|more| *more >= 0)?;
    let doublings = u32::try_from(doublings.min(20)).ok()?;
    let seconds = FIRST_REST_S.saturating_mul(2_i64.saturating_pow(doublings));
    Some(jittered(seconds.min(LONGEST_REST.num_seconds()), chance))
}

/// How long an endpoint rests that says it is overloaded, and not for how long.
pub fn rest_when_overloaded(failures: i32, chance: u8) -> TimeDelta {
    let as_if = failures.saturating_add(TROUBLE - 1);
    rest_after(as_if, chance).unwrap_or(LONGEST_REST)
}

fn jittered(seconds: i64, chance: u8) -> TimeDelta {
    let thousandths = 900 + i64::from(chance) * 200 / 255;
    TimeDelta::milliseconds(seconds.saturating_mul(thousandths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_take_three_days_and_some_hours() {
        let pauses: Vec<i64> = (1..=9)
            .map(|attempts| pause_after(attempts, 128).unwrap().num_seconds())
            .collect();
        let all: i64 = pauses.iter().sum();
        // 75 h 35 min 5 s, as the specification has it.
        assert_eq!(all, 75 * 3600 + 35 * 60 + 5);
        assert_eq!(pause_after(10, 128), None);
        assert_eq!(pause_after(0, 128), None);
        assert_eq!(pause_after(i32::MAX, 128), None);
    }

    #[test]
    fn chance_is_ten_percent() {
        assert_eq!(pause_after(1, 0), Some(TimeDelta::milliseconds(4500)));
        assert_eq!(pause_after(1, 255), Some(TimeDelta::milliseconds(5500)));
    }

    #[test]
    fn rests_begin_with_the_fifth_failure_and_double_to_half_an_hour() {
        let rest = |failures| rest_after(failures, 128).map(|rest| rest.num_seconds());
        assert_eq!((rest(0), rest(4)), (None, None));
        assert_eq!(
            (rest(5), rest(6), rest(12)),
            (Some(10), Some(20), Some(1280))
        );
        assert_eq!((rest(13), rest(i32::MAX)), (Some(1800), Some(1800)));
        assert_eq!(rest_when_overloaded(1, 128).num_seconds(), 10);
        assert_eq!(rest_when_overloaded(2, 128).num_seconds(), 20);
    }
}
