//! How a transaction ends, and how long that may take.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use futures_util::StreamExt;
use futures_util::future::join3;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::error::{silent, to_diesel};
use super::flight::{Bind, Flight};
use super::statements::Prepared;
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

/// The answers to the last statements, if there are some, and to COMMIT.
type Told = (Result<(), Error>, Result<(), Error>);

/// Sends a statement whose rows are of no interest.
async fn said(client: &Client, prepared: &Prepared, binds: &[Bind]) -> Result<(), Error> {
    let mut rows = pin!(client.query_raw(&prepared.statement, binds).await?);
    while let Some(row) = rows.next().await {
        row?;
    }
    Ok(())
}

impl Backend {
    /// Makes the work last; the connection is idle if that succeeds. One that failed
    /// in between is undone.
    ///
    /// [`DbError::Unconfirmed`] if the COMMIT may have been done or not.
    pub(crate) async fn commit(&mut self) -> DbResult<()> {
        if matches!(self.stage, Stage::Idle | Stage::Armed(_)) {
            self.stage = Stage::Idle;
            return Ok(());
        }
        self.before_commit().await?;
        let told = timeout(limits::COMMIT, self.client.batch_execute("COMMIT")).await;
        self.committed(told.map(|told| (Ok(()), told)))
    }

    /// As [`Backend::commit`], with two last statements, of the owner of `mark`. All
    /// leave before any is answered, so that they cost no time of their own, and what
    /// they lock is locked for one round trip. If one fails, Postgres undoes the
    /// transaction at the COMMIT.
    pub(crate) async fn commit_with<P, Q>(
        &mut self,
        mark: Option<Arc<str>>,
        (first, last): &(P, Q),
    ) -> DbResult<()>
    where
        P: QueryFragment<Pg> + QueryId,
        Q: QueryFragment<Pg> + QueryId,
    {
        if matches!(self.stage, Stage::Idle | Stage::Armed(_)) {
            self.execute(mark.clone(), first).await?;
            self.execute(mark, last).await?;
            return self.commit().await;
        }
        let mut first = Flight::new(first, mark.clone(), &mut self.statements)?;
        let mut last = Flight::new(last, mark, &mut self.statements)?;
        self.count.one(first.shown());
        self.count.one(last.shown());
        self.before_commit().await?;
        let raised = self.prepared(&mut first).await?;
        let added = self.prepared(&mut last).await?;
        // Polled in this order, and sent when first polled.
        let all = join3(
            said(&self.client, &raised, &first.binds),
            said(&self.client, &added, &last.binds),
            self.client.batch_execute("COMMIT"),
        );
        let told = timeout(limits::COMMIT, all).await;
        let faults = match &told {
            Ok((first, last, _)) => [first.as_ref().err(), last.as_ref().err()],
            Err(_elapsed) => [None, None],
        };
        let flights = [(first.key, raised), (last.key, added)].into_iter();
        for ((key, prepared), fault) in flights.zip(faults) {
            self.statements.note(key, prepared, fault);
        }
        self.committed(told.map(|(first, last, commit)| (first.and(last), commit)))
    }

    /// One of the last statements, prepared if it is not kept.
    async fn prepared(&mut self, flight: &mut Flight) -> DbResult<Prepared> {
        let patience = self.opener.patience().answer;
        match timeout(patience, flight.source.prepared(&self.client)).await {
            Ok(prepared) => Ok(prepared.map_err(|error| self.not_prepared(&error))?),
            Err(_elapsed) => {
                self.stage = Stage::Lost;
                Err(silent().into())
            }
        }
    }

    /// Looks whether there is something that a COMMIT could make last; from now on
    /// the transaction is about to end.
    async fn before_commit(&mut self) -> DbResult<()> {
        if matches!(self.stage, Stage::Ending | Stage::Lost) {
            return Err(silent().into());
        }
        if self.failed.load(Ordering::Relaxed) {
            self.undo(Left::AtRest).await?;
            return Err(DieselError::RollbackTransaction.into());
        }
        if self.is_closed() {
            return Err(DbError::Away("the connection has ended".to_owned()));
        }
        self.stage = Stage::Ending;
        Ok(())
    }

    /// The last statement can not be made; the transaction is still open.
    fn not_prepared(&mut self, error: &Error) -> DbError {
        self.stage = Stage::Open;
        super::fault(&self.failed, error).into()
    }

    /// What the answers to the last statement and to COMMIT mean.
    fn committed(&mut self, told: Result<Told, Elapsed>) -> DbResult<()> {
        let Ok((last, commit)) = told else {
            self.stage = Stage::Lost;
            return Err(DbError::Unconfirmed("no answer in time".to_owned()));
        };
        if commit.is_ok() {
            self.stage = Stage::Idle;
        }
        last.map_err(|error| match error.as_db_error() {
            Some(_refusal) => DbError::from(to_diesel(&error)).of_a_commit(),
            // It may not even have been sent, and the COMMIT may.
            None => DbError::Unconfirmed(error.to_string()),
        })?;
        commit.map_err(|error| DbError::from(to_diesel(&error)).of_a_commit())
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
