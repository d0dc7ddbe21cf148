//! Ordering mails.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::model::{Mail, MailId, MailRow};
use super::query;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;

/// Least time between two mails of a kind to one address.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// Most mails of a kind to one address within a day.
const PER_DAY: usize = 5;

/// How long it takes until another mail of the kind may go to the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// Mails that wait to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// All of them.
    pub pending: i64,
    /// Those that were tried, in vain so far.
    pub held_up: i64,
}

impl Backlog {
    /// Counts them now, in one statement.
    pub async fn take(conn: &mut ControlConn) -> DbResult<Self> {
        let (pending, held_up) = query::count_pending(conn).await?;
        Ok(Self { pending, held_up })
    }
}

/// Orders a mail. It is sent if the transaction commits, and only then.
pub async fn enqueue(conn: &mut ControlConn, mail: Mail) -> DbResult<MailId> {
    let row = MailRow::from(mail);
    let id = row.id;
    query::insert(conn, row).await?;
    Ok(id)
}

/// As [`enqueue`], but one a minute and five a day in the same name to an address,
/// for mails that others than the addressee can ask for. Needs a transaction: it holds a lock to its end, since
/// two requests at the same moment would both find none before them.
pub async fn enqueue_limited(conn: &mut ControlConn, mail: Mail) -> DbResult<Result<MailId, Wait>> {
    query::lock_like(conn, &mail).await?;
    let since = mail.at - TimeDelta::days(1);
    let recent = query::find_like(conn, &mail, since).await?;
    match wait(&recent, mail.at) {
        Some(wait) => Ok(Err(wait)),
        None => enqueue(conn, mail).await.map(Ok),
    }
}

/// How long to wait after mails at these times of the last day, newest first.
fn wait(recent: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Wait> {
    let after_last = recent.first().map(|last| *last + PAUSE);
    // The oldest of the five has to leave the day.
    let after_fifth = recent.get(PER_DAY - 1).map(|at| *at + TimeDelta::days(1));
    let left = after_last.max(after_fifth)? - now;
    left.to_std().ok().filter(|left| !left.is_zero()).map(Wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    #[test]
    fn one_a_minute() {
        assert_eq!(wait(&[], at(0)), None);
        assert_eq!(wait(&[at(0)], at(0)), Some(Wait(Duration::from_mins(1))));
        assert_eq!(wait(&[at(0)], at(1)), None);
    }

    #[test]
    fn five_a_day() {
        let four: Vec<_> = (0..4).rev().map(at).collect();
        assert_eq!(wait(&four, at(10)), None);
        let five: Vec<_> = (0..5).rev().map(at).collect();
        let left = Duration::from_mins(24 * 60 - 10);
        assert_eq!(wait(&five, at(10)), Some(Wait(left)));
        assert_eq!(wait(&five, at(24 * 60)), None);
    }
}
