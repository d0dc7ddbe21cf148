//! How long a failed job waits.

use std::time::Duration;

/// After so many attempts: their fourth power in seconds, 15 % more or less by
/// `chance`, so that jobs that failed together do not come back together. The 25
/// tries of a job take some three weeks.
pub fn pause_after(attempts: i32, chance: u8) -> Duration {
    let attempts = u32::try_from(attempts.clamp(1, 100)).unwrap_or(1);
    let seconds = f64::from(attempts.saturating_pow(4));
    let share = 0.85 + 0.3 * f64::from(chance) / 255.0;
    Duration::from_secs_f64(seconds * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_fourth_powers_give_or_take() {
        assert_eq!(pause_after(1, 0), Duration::from_millis(850));
        assert_eq!(pause_after(1, 255), Duration::from_millis(1150));
        assert_eq!(pause_after(10, 0).as_secs(), 8_500);
        assert_eq!(pause_after(0, 0), pause_after(1, 0));
        assert!(pause_after(i32::MAX, 255) > Duration::from_hours(24));
    }

    #[test]
    fn the_tries_of_a_job_take_three_weeks() {
        let all: Duration = (1..25).map(|attempts| pause_after(attempts, 128)).sum();
        let days = all.as_secs() / 86_400;
        assert_eq!(days, 20);
    }
}
