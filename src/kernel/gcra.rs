//! The generic cell rate algorithm: how much may be asked for, with one number kept.
//!
//! The number is the moment at which all that was asked for will have come back. Time is
//! in microseconds.

/// Half a minute's worth may be asked for at once.
pub const BURST_US: u64 = 30_000_000;
const MINUTE_US: u64 = 60_000_000;

/// How many units come back in a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(u64);

impl Rate {
    /// So many units a minute; none is no rate.
    pub const fn per_minute(units: u64) -> Option<Self> {
        if units == 0 { None } else { Some(Self(units)) }
    }

    /// The share of one of `parts`.
    #[must_use]
    pub fn divided(self, parts: u64) -> Self {
        Self((self.0 / parts.max(1)).max(1))
    }

    /// How long these units take to come back.
    pub const fn time_of(self, units: u64) -> u64 {
        units.saturating_mul(MINUTE_US).div_ceil(self.0)
    }

    /// Units that come back within a time.
    pub const fn units_in(self, micros: u64) -> u64 {
        micros.saturating_mul(self.0) / MINUTE_US
    }

    /// Units that may be asked for at once.
    pub const fn burst(self) -> u64 {
        self.units_in(BURST_US)
    }
}

/// Takes what needs `cost` microseconds to come back; gives the new moment, or how long
/// there is to wait. Who owes nothing is never refused, whatever it costs.
pub const fn take(until: u64, now: u64, cost: u64) -> Result<u64, u64> {
    let from = if until > now { until } else { now };
    let next = from.saturating_add(cost);
    let ahead = next.saturating_sub(now);
    if ahead <= BURST_US || until <= now {
        Ok(next)
    } else {
        Err(ahead - BURST_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minute_at_once_and_then_the_rate() {
        let rate = Rate::per_minute(600).unwrap();
        let (mut until, mut now) = (0, 1_000_000_000);
        for _ in 0..300 {
            until = take(until, now, rate.time_of(1)).unwrap();
        }
        assert_eq!(take(until, now, rate.time_of(1)), Err(100_000));
        assert_eq!(take(until, now, rate.time_of(5)), Err(500_000));
        now += 100_000;
        assert!(take(until, now, rate.time_of(1)).is_ok());
        assert_eq!(rate.burst(), 300);
    }

    #[test]
    fn over_any_time_no_more_than_the_burst_and_the_rate() {
        let rate = Rate::per_minute(6000).unwrap();
        let (mut until, mut taken) = (0, 0_u64);
        for now in (1_000_000_000..1_060_000_000).step_by(1_000) {
            if let Ok(next) = take(until, now, rate.time_of(7)) {
                until = next;
                taken += 7;
            }
        }
        assert!((8_900..=9_007).contains(&taken), "{taken}");
    }

    #[test]
    fn what_is_dearer_than_all_passes_when_nothing_is_owed() {
        let rate = Rate::per_minute(10).unwrap();
        let until = take(0, 5, rate.time_of(1000)).unwrap();
        assert!(take(until, 5, rate.time_of(1)).is_err());
        assert!(take(until, until, rate.time_of(1)).is_ok());
    }

    #[test]
    fn a_rate_can_be_divided_and_is_never_none() {
        assert_eq!(Rate::per_minute(0), None);
        let rate = Rate::per_minute(20).unwrap();
        assert_eq!(rate.divided(10), Rate::per_minute(2).unwrap());
        assert_eq!(rate.divided(1000), Rate::per_minute(1).unwrap());
    }
}
