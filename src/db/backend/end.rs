//! How a transaction ends, and how long that may take.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use tokio::time::timeout;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::error::{silent, to_diesel};
use super::{Backend, Stage};
use crate::db::error::{DbError, DbResult};
use crate::db::limits;

/// How long a ROLLBACK waits behind a statement under way, before that is cancelled,
/// if somebody went away in the middle of it.
const CANCEL_AFTER: Duration = Duration::from_millis(50);
/// The same if nothing should be under way: a server that has much to do is not to
/// be bothered with cancellations of nothing.
const CANCEL_LATE_AFTER: Duration = Duration::from_secs(1);
/// How long until it is cancelled again: a request that finds nothing at work is
/// lost, and the statement may only then begin.
const CANCEL_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// How a transaction was left that is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// By somebody who had all his answers.
    AtRest,
    /// By somebody who went away; a statement may be under way.
    AtWork,
}

impl Backend {
    /// Makes the work last; the connection is idle if that succeeds. One that failed
    /// in between is undone.
    ///
    /// [`DbError::Unconfirmed`] if the COMMIT may have been done or not.
    pub(crate) async fn commit(&mut self) -> DbResult<()> {
        match self.stage {
            Stage::Idle | Stage::Armed(_) => {
                self.stage = Stage::Idle;
                return Ok(());
            }
            Stage::Ending | Stage::Lost => return Err(silent().into()),
            Stage::Open => {}
        }
        if self.failed.load(Ordering::Relaxed) {
            self.undo(Left::AtRest).await?;
            return Err(DieselError::RollbackTransaction.into());
        }
        if self.is_closed() {
            return Err(DbError::Away("the connection has ended".to_owned()));
        }
        self.stage = Stage::Ending;
        let told = timeout(limits::COMMIT, self.client.batch_execute("COMMIT")).await;
        let Ok(told) = told else {
            self.stage = Stage::Lost;
            return Err(DbError::Unconfirmed("no answer in time".to_owned()));
        };
        told.map_err(|error| DbError::from(to_diesel(&error)).of_a_commit())?;
        self.stage = Stage::Idle;
        Ok(())
    }

    /// Undoes the work; the connection is idle if that succeeds. Whatever is under
    /// way is cancelled, unless it ends by itself at once.
    pub(crate) async fn undo(&mut self, left: Left) -> QueryResult<()> {
        match self.stage {
            Stage::Idle | Stage::Armed(_) => {}
            Stage::Lost => return Err(silent()),
            Stage::Open | Stage::Ending => {
                let undone = timeout(limits::UNDO, self.rolled_back(left)).await;
                let Ok(undone) = undone else {
                    self.stage = Stage::Lost;
                    return Err(silent());
                };
                undone.map_err(|error| to_diesel(&error))?;
            }
        }
        self.stage = Stage::Idle;
        Ok(())
    }

    /// Says ROLLBACK until it is answered and nothing can be cancelled any more: a
    /// cancellation that comes late strikes one of these, and no statement of the
    /// next transaction.
    async fn rolled_back(&self, left: Left) -> Result<(), Error> {
        let mut patience = match left {
            Left::AtRest => CANCEL_LATE_AFTER,
            Left::AtWork => CANCEL_AFTER,
        };
        loop {
            let (cancelled, told) = self.roll_back(patience).await;
            match told {
                Ok(()) if cancelled => {}
                Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => {}
                ended => return ended,
            }
            patience = CANCEL_AGAIN_AFTER;
        }
    }

    /// Says ROLLBACK once; tells whether a cancellation was sent meanwhile.
    async fn roll_back(&self, mut patience: Duration) -> (bool, Result<(), Error>) {
        let mut told = pin!(self.client.batch_execute("ROLLBACK"));
        let mut cancelled = false;
        loop {
            if let Ok(told) = timeout(patience, &mut told).await {
                return (cancelled, told);
            }
            // A COMMIT goes to its end, whatever that is.
            if matches!(self.stage, Stage::Open) {
                cancelled = true;
                self.opener.cancel(&self.client).await;
            }
            patience = CANCEL_AGAIN_AFTER;
        }
    }
}
