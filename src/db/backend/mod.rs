//! One connection of the request pool, and the statements it keeps.
//!
//! diesel-async's own connection keeps one statement per query for as long as it
//! lives. Here a query is a statement of each dealer's own, so that its plan
//! stays, and there are thousands of them: the least recently used are closed.
//! The words that begin a transaction fly together with its first statement,
//! which saves a round trip.

mod arriving;
mod convert;
mod end;
mod error;
mod flight;
mod opener;
mod probe;
mod row;
mod statements;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::result::DatabaseErrorKind;
use diesel::{ConnectionResult, QueryResult};
use futures_util::future::{BoxFuture, try_join};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};
use tokio_postgres::{Client, Error, RowStream};

use self::arriving::Arriving;
pub(crate) use self::end::Left;
use self::error::{is_dead, silent, to_diesel};
use self::flight::Flight;
pub(super) use self::opener::Opener;
pub use self::row::PgRow;
pub(crate) use self::statements::Statements;
use self::statements::{ColumnTypes, Prepared};
use super::connect::Driven;
use super::observe::StatementCount;
use crate::kernel::ids::DealerId;

/// Rows on their way.
pub type Rows = BoxStream<'static, QueryResult<PgRow>>;

/// Where a connection stands.
#[derive(Debug)]
enum Stage {
    /// In no transaction.
    Idle,
    /// In a transaction whose first words have not been sent.
    Armed(String),
    /// In a transaction, as far as Postgres has been told.
    Open,
    /// Postgres has been told to commit.
    Ending,
    /// An answer did not come in time; whatever comes now is not waited for.
    Lost,
}

/// A connection of the request pool.
pub(crate) struct Backend {
    client: Client,
    driven: Driven,
    opener: Opener,
    statements: Statements,
    stage: Stage,
    /// Whether a statement of this transaction has failed: Postgres answers the
    /// COMMIT of such a one by undoing it, and calls that a success.
    failed: Arc<AtomicBool>,
    count: StatementCount,
    met: HashSet<DealerId>,
    opened: Instant,
}

impl Backend {
    /// A new connection, in no transaction, that keeps up to `capacity` statements.
    pub(super) async fn open(opener: Opener, capacity: usize) -> ConnectionResult<Self> {
        let (client, driven) = opener.open().await?;
        Ok(Self {
            client,
            driven,
            opener,
            statements: Statements::new(capacity),
            stage: Stage::Idle,
            failed: Arc::default(),
            count: StatementCount::default(),
            met: HashSet::new(),
            opened: Instant::now(),
        })
    }

    /// Begins a transaction by the words `sql`, sent with its first statement.
    /// From now on the connection is not idle until the transaction has ended.
    pub(crate) fn begin(&mut self, sql: String, count: &StatementCount) {
        self.stage = Stage::Armed(sql);
        self.failed = Arc::default();
        self.count = count.clone();
    }

    /// Adds to the words of a transaction none of whose statements was sent.
    pub(crate) fn add_words(&mut self, more: &str) {
        if let Stage::Armed(words) = &mut self.stage {
            words.push_str(more);
        }
    }

    /// Rows of `source`, as a statement of the owner of `mark`.
    pub(crate) fn load<T>(
        &mut self,
        mark: Option<Arc<str>>,
        source: T,
    ) -> BoxFuture<'_, QueryResult<Rows>>
    where
        T: AsQuery,
        T::Query: QueryFragment<Pg> + QueryId,
    {
        let flight = Flight::new(&source.as_query(), mark, &mut self.statements);
        async move { self.rows(flight?).await }.boxed()
    }

    /// How many rows `source` has touched, as a statement of the owner of `mark`.
    pub(crate) fn execute<T>(
        &mut self,
        mark: Option<Arc<str>>,
        source: &T,
    ) -> BoxFuture<'_, QueryResult<usize>>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        let flight = Flight::new(source, mark, &mut self.statements);
        async move {
            let (rows, _types) = self.fly(flight?).await?;
            let mut rows = self.arriving(rows);
            while rows.next().await?.is_some() {}
            let touched = rows.affected();
            usize::try_from(touched)
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
        }
        .boxed()
    }

    async fn rows(&mut self, flight: Flight) -> QueryResult<Rows> {
        let (rows, types) = self.fly(flight).await?;
        let row = move |row| PgRow::new(row, Arc::clone(&types));
        Ok(self.arriving(rows).stream().map_ok(row).boxed())
    }

    fn arriving(&self, rows: RowStream) -> Arriving {
        Arriving::new(
            rows,
            self.opener.patience().answer,
            Arc::clone(&self.failed),
        )
    }

    /// Sends a query, and keeps its statement.
    async fn fly(&mut self, mut flight: Flight) -> QueryResult<(RowStream, ColumnTypes)> {
        self.count.one(flight.shown());
        let (prepared, rows) = self.send(&mut flight).await?;
        let types = Arc::clone(&prepared.types);
        self.statements
            .note(flight.key, prepared, rows.as_ref().err());
        let rows = rows.map_err(|error| fault(&self.failed, &error))?;
        Ok((rows, types))
    }

    /// Sends commands without parameters and rows.
    pub(crate) async fn batch(&mut self, sql: &str) -> QueryResult<()> {
        self.count.one(sql);
        self.send(&mut Batch(sql)).await
    }

    /// Does `work`, behind the first words of the transaction if those are still
    /// to be sent. Both leave before either is answered; if the words were
    /// refused, the work found no table and no right to one.
    ///
    /// A connection that had ended before the transaction began is replaced, and
    /// the work done once more: nothing of it can have lasted. One that does not
    /// answer in time is of no more use.
    async fn send<W: Work>(&mut self, work: &mut W) -> QueryResult<W::Answer> {
        // Taken when the future is first polled, not when it is made.
        let words = self.first_words();
        if matches!(self.stage, Stage::Lost) {
            return Err(silent());
        }
        let mut sent = self.exchange(words.as_deref(), work).await;
        let died = |(begun, _): &Sent<W>| begun.as_ref().is_err_and(is_dead);
        if words.is_some() && sent.as_ref().is_ok_and(died) {
            tracing::debug!("a pooled connection was dead; opening another");
            self.renew().await?;
            sent = self.exchange(words.as_deref(), work).await;
        }
        let Ok((begun, done)) = sent else {
            self.stage = Stage::Lost;
            return Err(silent());
        };
        begun.and(done).map_err(|error| fault(&self.failed, &error))
    }

    async fn exchange<W: Work>(
        &self,
        words: Option<&str>,
        work: &mut W,
    ) -> Result<Sent<W>, Elapsed> {
        let patience = self.opener.patience();
        let begun = timeout(patience.begin, tell(&self.client, words));
        let done = timeout(patience.answer, work.go(&self.client));
        try_join(begun, done).await
    }

    async fn renew(&mut self) -> QueryResult<()> {
        let (client, driven) = self.opener.open().await.map_err(|error| {
            let kind = DatabaseErrorKind::ClosedConnection;
            diesel::result::Error::DatabaseError(kind, Box::new(error.to_string()))
        })?;
        self.client = client;
        self.driven = driven;
        self.statements.clear();
        self.met.clear();
        self.opened = Instant::now();
        Ok(())
    }

    /// Whether the connection is in no transaction and alive: fit for anybody.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle) && !self.is_closed()
    }

    /// Whether the connection has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Notes that `dealer` works here: what is learnt of his schema stays.
    pub(super) fn meet(&mut self, dealer: DealerId) {
        self.met.insert(dealer);
    }

    pub(super) fn has_met(&self, dealer: DealerId) -> bool {
        self.met.contains(&dealer)
    }

    pub(super) fn dealers_met(&self) -> usize {
        self.met.len()
    }

    pub(super) const fn opened(&self) -> Instant {
        self.opened
    }

    pub(super) fn plans(&self) -> usize {
        self.statements.len()
    }

    pub(super) const fn statements(&mut self) -> &mut Statements {
        &mut self.statements
    }

    /// Whether the server answers.
    pub(super) async fn ping(&self) -> QueryResult<()> {
        let told = self.client.batch_execute("SELECT 1").await;
        told.map_err(|error| to_diesel(&error))
    }

    /// Whether a pooler in between renames prepared statements, and so carries them
    /// along.
    pub(super) async fn is_behind_knowing_pooler(&self) -> QueryResult<bool> {
        let renamed = probe::renames_statements(&self.client).await;
        renamed.map_err(|error| to_diesel(&error))
    }

    /// What the backend has allocated, in bytes; None where it may not say.
    pub(super) async fn memory(&self) -> Option<u64> {
        const SQL: &str =
            "SELECT sum(total_bytes)::int8 FROM pg_catalog.pg_get_backend_memory_contexts()";
        let row = self.client.query_typed_one(SQL, &[]).await.ok()?;
        u64::try_from(row.get::<_, i64>(0)).ok()
    }

    /// The words that begin the transaction, if they are still to be sent.
    fn first_words(&mut self) -> Option<String> {
        match std::mem::replace(&mut self.stage, Stage::Open) {
            Stage::Armed(words) => Some(words),
            Stage::Idle | Stage::Open | Stage::Ending => None,
            Stage::Lost => {
                self.stage = Stage::Lost;
                None
            }
        }
    }
}

async fn tell(client: &Client, words: Option<&str>) -> Result<(), Error> {
    match words {
        Some(words) => client.batch_execute(words).await,
        None => Ok(()),
    }
}

/// How the first words fared, and the work behind them.
type Sent<W> = (Result<(), Error>, Result<<W as Work>::Answer, Error>);

/// What is sent, and may have to be sent again over another connection.
trait Work {
    type Answer;

    fn go(&mut self, client: &Client) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
}

impl Work for Flight {
    /// The statement, and what it answered if it could be prepared.
    type Answer = (Prepared, Result<RowStream, Error>);

    async fn go(&mut self, client: &Client) -> Result<Self::Answer, Error> {
        let prepared = self.source.prepared(client).await?;
        let rows = client.query_raw(&prepared.statement, &self.binds).await;
        Ok((prepared, rows))
    }
}

/// Commands without parameters and rows.
struct Batch<'a>(&'a str);

impl Work for Batch<'_> {
    type Answer = ();

    async fn go(&mut self, client: &Client) -> Result<(), Error> {
        client.batch_execute(self.0).await
    }
}

/// A statement has failed, and with it the transaction.
fn fault(failed: &AtomicBool, error: &Error) -> diesel::result::Error {
    failed.store(true, Ordering::Relaxed);
    to_diesel(error)
}
