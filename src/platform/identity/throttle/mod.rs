//! Slows down whoever guesses passwords, and nobody else.
//!
//! Before a password is looked at, its try is written down as if it were wrong,
//! against the account, the address, and both together. So tries at the same
//! moment can not slip through, on whichever node, and one that is refused costs
//! neither a hash nor a write. A right password takes its try back. A device that
//! has signed in before is held to its own mistakes only: whatever others do to
//! the account, its owner gets in.

mod blocked;
mod ladder;
mod query;
mod subject;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use self::blocked::Blocked;
use self::ladder::State;
use self::query::AttemptRow;
use self::subject::{Kind, Subject};
use crate::auth::text::random;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::error::{DbError, DbResult};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::clock::Clock;
use crate::kernel::ids::UserId;
use crate::kernel::metric::Counter;

/// How often a try is written down anew because others were faster. Each time
/// one of them was let through, so that soon nobody is.
const RACES: usize = 30;
/// How often rows of which nothing is left to tell are deleted.
const PRUNE_EVERY: TimeDelta = TimeDelta::seconds(10);
/// How many of them at once; more than a node can write in between.
const PRUNE_MOST: i64 = 2000;

/// Who tries a password, for which account.
#[derive(Clone, Debug)]
pub(super) struct Trier(Vec<Subject>);

impl Trier {
    /// Somebody unknown at `address` who wants to be `email`, a user or not.
    pub(super) fn stranger(email: &str, address: IpAddr) -> Self {
        Self(Subject::stranger(email, address))
    }

    /// A device that has signed in as `user` before.
    pub(super) fn device(user: UserId, device: Uuid) -> Self {
        Self(Subject::device(user, device))
    }

    /// Whether it is somebody who has given the right password before.
    pub(super) fn is_known(&self) -> bool {
        let known = |one: &Subject| matches!(one.kind, Kind::Device | Kind::Present);
        self.0.iter().all(known)
    }

    /// A user who is signed in and gives his password once more.
    pub(super) fn present(user: UserId) -> Self {
        Self(Subject::present(user))
    }
}

/// Lets passwords be tried, or not yet.
#[derive(Clone)]
pub struct Throttle {
    control: ControlPool,
    clock: Clock,
    blocked: Arc<Blocked>,
    pruned_at: Arc<AtomicI64>,
    refusals: Arc<Counter>,
}

/// A password that may be looked at. Unless it is said otherwise, it was wrong.
pub(super) struct Attempt<'t> {
    throttle: &'t Throttle,
    subjects: Vec<Subject>,
}

/// Why a try was not written down.
enum Lost {
    /// Somebody else's was, in between.
    Race,
    Fault(DbError),
}

impl From<DbError> for Lost {
    fn from(error: DbError) -> Self {
        Self::Fault(error)
    }
}

impl Throttle {
    /// A throttle whose memory is the control plane.
    pub fn new(control: ControlPool, clock: Clock) -> Self {
        Self {
            control,
            clock,
            blocked: Arc::default(),
            pruned_at: Arc::default(),
            refusals: Arc::default(),
        }
    }

    /// Tries refused so far, on this node.
    pub fn refusals(&self) -> u64 {
        self.refusals.get()
    }

    /// Refuses who is known to have to wait, without asking the database.
    pub(super) fn glance(&self, trier: &Trier) -> AppResult<()> {
        let now = self.clock.now();
        match self.blocked.until(&trier.0, now) {
            Some(until) => Err(self.refuse(until - now)),
            None => Ok(()),
        }
    }

    /// Lets one password be looked at, or says when to come back.
    pub(super) async fn admit(&self, trier: Trier) -> AppResult<Attempt<'_>> {
        self.glance(&trier)?;
        let subjects = trier.0;
        let mut conn = self.control.checkout().await?;
        for _ in 0..RACES {
            let now = self.clock.now();
            let rows = query::find(&mut conn, &subjects).await?;
            if let Some(until) = rows.iter().map(|row| row.free_at).max()
                && until > now
            {
                self.blocked.note(&states(&subjects, &rows), now);
                return Err(self.refuse(until - now));
            }
            let next = after_failure(&subjects, &rows, now)?;
            match write(&mut conn, &next).await {
                Ok(()) => {
                    self.blocked.note(&states(&subjects, &next), now);
                    self.prune(&mut conn, now).await;
                    return Ok(Attempt {
                        throttle: self,
                        subjects,
                    });
                }
                Err(Lost::Race) => {}
                Err(Lost::Fault(error)) => return Err(error.into()),
            }
        }
        Err(self.refuse(TimeDelta::seconds(1)))
    }

    fn refuse(&self, wait: TimeDelta) -> AppError {
        self.refusals.add_one();
        let message = "too many wrong passwords; wait a little before the next one";
        AppError::new(ErrorCode::Throttled, message)
            .with_retry_after(wait.to_std().unwrap_or_default())
    }

    /// Tidies up if it is time to. Whoever signs in does not fail for it.
    async fn prune(&self, conn: &mut ControlConn, now: DateTime<Utc>) {
        let last = self.pruned_at.load(Ordering::Relaxed);
        let micros = now.timestamp_micros();
        let due = micros >= last.saturating_add(PRUNE_EVERY.num_microseconds().unwrap_or(0));
        let swap = || {
            let order = Ordering::Relaxed;
            self.pruned_at.compare_exchange(last, micros, order, order)
        };
        if due
            && swap().is_ok()
            && let Err(error) = query::prune(conn, now, PRUNE_MOST).await
        {
            tracing::warn!(%error, "forgotten tries could not be deleted");
        }
    }

    async fn give_back(&self, subjects: &[Subject], cleared: bool) -> DbResult<()> {
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| {
            let rows = query::find_locked(conn, subjects).await?;
            let (mut kept, mut gone) = (Vec::new(), Vec::new());
            for row in rows {
                let kind = subjects.iter().find(|one| row.subject == one.digest);
                let state = kind
                    .map(|one| one.kind)
                    .filter(|kind| !(cleared && kind.is_cleared()))
                    .and_then(|kind| kind.ladder().taken_back(row.state(), now));
                match state {
                    Some(state) => kept.push(changed(&row, state)),
                    None => gone.push(row.subject),
                }
            }
            if !gone.is_empty() {
                query::delete(conn, gone).await?;
            }
            if !kept.is_empty() {
                query::swap(conn, kept).await?;
            }
            DbResult::Ok(())
        })
        .await
    }
}

impl Attempt<'_> {
    /// It was the right one.
    pub(super) async fn succeeded(self) {
        self.give_back(true).await;
    }

    /// It was not looked at after all.
    pub(super) async fn withdrawn(self) {
        self.give_back(false).await;
    }

    /// What can not be given back stays, as after a wrong password; that is no
    /// reason to keep somebody out.
    async fn give_back(self, cleared: bool) {
        self.throttle.blocked.forget(&self.subjects);
        if let Err(error) = self.throttle.give_back(&self.subjects, cleared).await {
            tracing::warn!(%error, "a try could not be taken back");
        }
    }
}

/// The rows after one more wrong password.
fn after_failure(
    subjects: &[Subject],
    rows: &[AttemptRow],
    now: DateTime<Utc>,
) -> AppResult<Vec<AttemptRow>> {
    let mut next = Vec::new();
    for one in subjects {
        let row = rows.iter().find(|row| row.subject == one.digest);
        let state = one
            .kind
            .ladder()
            .after_failure(row.map(AttemptRow::state), now);
        next.push(match row {
            Some(row) => changed(row, state),
            None => AttemptRow {
                subject: one.digest.to_vec(),
                // A row that was deleted and made anew must not look like the old one.
                serial: i64::from(u32::from_be_bytes(random()?)) << 16,
                free_at: state.free_at,
                forgotten_at: state.forgotten_at,
            },
        });
    }
    Ok(next)
}

fn changed(row: &AttemptRow, state: State) -> AttemptRow {
    AttemptRow {
        subject: row.subject.clone(),
        serial: row.serial.saturating_add(1),
        free_at: state.free_at,
        forgotten_at: state.forgotten_at,
    }
}

/// All rows, or none if one of them is not any more what was read.
async fn write(conn: &mut ControlConn, rows: &[AttemptRow]) -> Result<(), Lost> {
    conn.transaction(async |conn| {
        let written = query::swap(conn, rows.to_vec()).await?;
        if written == rows.len() {
            Ok(())
        } else {
            Err(Lost::Race)
        }
    })
    .await
}

fn states(subjects: &[Subject], rows: &[AttemptRow]) -> Vec<(Subject, DateTime<Utc>)> {
    let of = |one: &Subject| {
        let row = rows.iter().find(|row| row.subject == one.digest);
        row.map(|row| (*one, row.free_at))
    };
    subjects.iter().filter_map(of).collect()
}
