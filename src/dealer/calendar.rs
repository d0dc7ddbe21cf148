//! The dealer's calendar: validities are counted in days where he is.

mod loader;

pub use loader::{Today, today_of};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use diesel::sql_types::{Text, Timestamp, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::db::error::DbResult;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

diesel::define_sql_function! {
    /// The wall clock of a zone at an instant.
    fn timezone(zone: Text, at: Timestamptz) -> Timestamp;
}
diesel::define_sql_function! {
    /// The day of a wall clock.
    fn date(at: Timestamp) -> Date;
}

/// The first day that a shop's calendar has.
pub const EARLIEST: NaiveDate = day(1900, 1, 1);
/// The last one.
const LATEST: NaiveDate = day(2999, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MAX,
    }
}

/// A day as people write it: `3 March 2026`.
pub fn in_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// The day it is at the dealer.
pub async fn today(tx: &mut TenantTx) -> DbResult<NaiveDate> {
    let zone = tx.context().dealer().timezone.clone();
    let query = diesel::select(date(timezone(zone, tx.now())));
    Ok(query.get_result(tx).await?)
}

/// The day and the time on the wall at the dealer.
pub async fn clock(tx: &mut TenantTx) -> DbResult<NaiveDateTime> {
    let zone = tx.context().dealer().timezone.clone();
    let query = diesel::select(timezone(zone, tx.now()));
    Ok(query.get_result(tx).await?)
}

/// The first and the last day of a validity, as they were sent.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// The first day.
    pub from: NaiveDate,
    /// The last one; none if no end is known.
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Refuses an end before the beginning, and years that no calendar of a shop has.
    pub fn check(self, checks: &mut Checks) {
        let ends = self.to.is_none_or(|to| to >= self.from);
        checks.require(ends, &["input", "validTo"], "must not be before validFrom");
        check_day(checks, &["input", "validFrom"], self.from);
        if let Some(to) = self.to {
            check_day(checks, &["input", "validTo"], to);
        }
    }

    /// Whether it holds on a day.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// What is left of it behind another one that begins within it; none if nothing is.
    pub fn rest_behind(self, other: Self) -> Option<Self> {
        let from = other.to?.succ_opt().filter(|day| is_near(*day))?;
        let is_left = self.to.is_none_or(|to| from <= to);
        is_left.then_some(Self { from, to: self.to })
    }
}

/// Refuses days that no calendar of a shop has, and those that were over everywhere before `now`.
pub fn check_coming(checks: &mut Checks, path: &[&str], (day, now): (NaiveDate, DateTime<Utc>)) {
    if !is_near(day) {
        return check_day(checks, path, day);
    }
    // So late are the last places on earth.
    let earliest = (now - TimeDelta::hours(12)).date_naive();
    checks.require(day >= earliest, path, "must be today or later");
}

/// Refuses days in years that no calendar of a shop has.
pub fn check_day(checks: &mut Checks, path: &[&str], day: NaiveDate) {
    checks.require(is_near(day), path, "must be in the years 1900 to 2999");
}

fn is_near(day: NaiveDate) -> bool {
    (EARLIEST..=LATEST).contains(&day)
}
