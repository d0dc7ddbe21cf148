//! What recurs: one job for each time that a schedule names, on any number of nodes.
//!
//! Every worker keeps time. Who is the first to add the row of a slot enqueues its job,
//! in the same transaction; the others find the row.

mod query;
pub(in crate::jobs) mod scheduler;

use chrono::{DateTime, TimeDelta, Utc};

use super::order::JobOrder;
use crate::error::AppResult;

/// A slot that is found so late has been missed.
const LATE: TimeDelta = TimeDelta::minutes(1);
/// Most missed slots that are made up for in one go.
const MADE_UP_AT_ONCE: usize = 100;

/// A day, in seconds.
const DAY_S: i64 = 24 * 60 * 60;

/// Times at regular distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    period_s: i64,
    offset_s: i64,
}

/// What becomes of slots at which no worker was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Nothing: the next one will do.
    Skip,
    /// One job for all of them, for the latest.
    Once,
    /// A job for each.
    All,
}

/// Something that recurs.
pub(super) struct Cron {
    pub(super) name: &'static str,
    pub(super) schedule: Schedule,
    pub(super) missed: Missed,
    /// The job of a slot.
    pub(super) order: Box<dyn Fn(DateTime<Utc>) -> AppResult<JobOrder> + Send + Sync>,
}

/// What has to be done about the slots since the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Due {
    /// These get a job each.
    run: Vec<DateTime<Utc>>,
    /// All up to this one are passed over.
    passed_over: Option<DateTime<Utc>>,
}

impl Schedule {
    /// Every so many seconds, at least one, counted from the beginning of 1970.
    pub fn every_s(seconds: u32) -> Self {
        Self {
            period_s: i64::from(seconds.max(1)),
            offset_s: 0,
        }
    }

    /// Every so many minutes, at least one; at the full hour if 60 is a multiple.
    pub fn every_min(minutes: u32) -> Self {
        Self::every_s(minutes.saturating_mul(60))
    }

    /// Every day at this time in UTC; what is beyond the day counts from its beginning.
    pub fn daily(hour: u32, minute: u32) -> Self {
        let offset_s = (i64::from(hour) * 60 + i64::from(minute)) * 60;
        Self {
            period_s: DAY_S,
            offset_s: offset_s % DAY_S,
        }
    }

    /// The latest slot up to `now`.
    fn latest(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let since = now.timestamp() - self.offset_s;
        self.slot(since.div_euclid(self.period_s))
    }

    /// The one behind that.
    fn next(self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.latest(now) + TimeDelta::seconds(self.period_s)
    }

    fn slot(self, number: i64) -> DateTime<Utc> {
        let at = number
            .saturating_mul(self.period_s)
            .saturating_add(self.offset_s);
        DateTime::from_timestamp(at, 0).unwrap_or_default()
    }
}

impl Cron {
    /// What is due after `last`; one never seen before begins with its next slot.
    fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Due {
        let latest = self.schedule.latest(now);
        let passed_over = |slot| Due {
            passed_over: Some(slot),
            ..Due::default()
        };
        let run = match last {
            None => return passed_over(latest),
            Some(last) if last >= latest => Vec::new(),
            Some(last) => match self.missed {
                Missed::Skip if now - latest >= LATE => return passed_over(latest),
                Missed::Skip | Missed::Once => vec![latest],
                Missed::All => {
                    let first = self.schedule.next(last);
                    let after = |slot: &DateTime<Utc>| Some(self.schedule.next(*slot));
                    let all = std::iter::successors(Some(first), after);
                    let all = all.take_while(|slot| *slot <= latest);
                    all.take(MADE_UP_AT_ONCE).collect()
                }
            },
        };
        Due {
            run,
            passed_over: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-03-01T{text}Z").parse().unwrap()
    }

    fn cron(missed: Missed) -> Cron {
        Cron {
            name: "test",
            schedule: Schedule::every_min(10),
            missed,
            order: Box::new(|_slot| Err(crate::error::AppError::internal("unused"))),
        }
    }

    fn run(slots: &[&str]) -> Due {
        Due {
            run: slots.iter().map(|text| at(text)).collect(),
            passed_over: None,
        }
    }

    #[test]
    fn slots_stand_on_the_clock() {
        let ten = Schedule::every_min(10);
        assert_eq!(ten.latest(at("10:09:59")), at("10:00:00"));
        assert_eq!(ten.latest(at("10:10:00")), at("10:10:00"));
        assert_eq!(ten.next(at("10:10:00")), at("10:20:00"));
        let night = Schedule::daily(3, 15);
        assert_eq!(night.latest(at("03:15:00")), at("03:15:00"));
        assert_eq!(night.next(at("03:14:59")), at("03:15:00"));
        assert_eq!(Schedule::every_s(0), Schedule::every_s(1));
    }

    #[test]
    fn each_slot_is_due_once() {
        for missed in [Missed::Skip, Missed::Once, Missed::All] {
            let cron = cron(missed);
            let last = Some(at("10:00:00"));
            assert_eq!(cron.due(last, at("10:09:59")), run(&[]));
            assert_eq!(cron.due(last, at("10:10:01")), run(&["10:10:00"]));
            assert_eq!(cron.due(Some(at("10:10:00")), at("10:10:01")), run(&[]));
        }
    }

    #[test]
    fn what_was_missed_is_as_the_policy_has_it() {
        let (last, now) = (Some(at("10:00:00")), at("10:35:00"));
        let skipped = cron(Missed::Skip).due(last, now);
        assert!(skipped.run.is_empty());
        assert_eq!(skipped.passed_over, Some(at("10:30:00")));
        assert_eq!(cron(Missed::Once).due(last, now), run(&["10:30:00"]));
        let all = ["10:10:00", "10:20:00", "10:30:00"];
        assert_eq!(cron(Missed::All).due(last, now), run(&all));
        // The one that is on time is not missed.
        assert_eq!(
            cron(Missed::Skip).due(last, at("10:30:59")),
            run(&["10:30:00"])
        );
    }

    #[test]
    fn what_is_new_begins_with_its_next_slot() {
        let due = cron(Missed::All).due(None, at("10:35:00"));
        assert_eq!(
            (due.run, due.passed_over),
            (Vec::new(), Some(at("10:30:00")))
        );
    }

    #[test]
    fn a_long_absence_is_made_up_for_in_parts() {
        let due = cron(Missed::All).due(Some(at("00:00:00")), at("23:59:00"));
        assert_eq!(due.run.len(), MADE_UP_AT_ONCE);
        assert_eq!(due.run.first(), Some(&at("00:10:00")));
    }
}
