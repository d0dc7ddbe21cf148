//! Synchronous connections of the role that owns all schemas, for DDL.
//!
//! Provisioning and migrating are blocking work with long transactions. They
//! run on blocking threads over a small r2d2 pool of their own, so that they
//! can neither take the request pool's connections nor stall an HTTP worker.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use secrecy::{ExposeSecret, SecretString};

use super::connect::Connector;
use super::engine::{Engine, EngineFault, Wanted};
use super::error::DbError;

/// A synchronous diesel connection with the owner's rights.
pub type OwnerConn = AsyncConnectionWrapper<AsyncPgConnection>;

/// Session settings of DDL: a lock that is not granted soon is given up, so
/// that readers never queue up behind a waiting ALTER for long.
const SESSION_SETUP: &str = "SET lock_timeout = '2s'; SET search_path = ''; \
                             SET client_min_messages = warning; \
                             SET idle_in_transaction_session_timeout = '5min'";

/// A few owner connections, opened on first use.
#[derive(Clone)]
pub struct OwnerPool {
    pool: r2d2::Pool<OwnerManager>,
    manager: OwnerManager,
}

#[derive(Clone)]
struct OwnerManager {
    connector: Connector,
    url: SecretString,
    engine: Wanted,
}

impl r2d2::ManageConnection for OwnerManager {
    type Connection = OwnerConn;
    type Error = ConnectionError;

    fn connect(&self) -> Result<Self::Connection, Self::Error> {
        let url = self.url.expose_secret();
        let setup = format!("{SESSION_SETUP}{}", self.engine.session_setup());
        self.connector.connect_blocking(url, &setup)
    }

    fn is_valid(&self, conn: &mut Self::Connection) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1")
            .map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, conn: &mut Self::Connection) -> bool {
        use diesel::connection::TransactionManager;
        type Manager = <OwnerConn as Connection>::TransactionManager;
        std::thread::panicking() || Manager::is_broken_transaction_manager(conn)
    }
}

/// Making a schema takes most of a second on a busy machine, and many may be made before it.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

impl OwnerPool {
    /// A pool of at most `size` connections.
    pub fn new(connector: &Connector, url: SecretString, size: u32, engine: Wanted) -> Self {
        let manager = OwnerManager {
            connector: connector.clone(),
            url,
            engine,
        };
        let pool = r2d2::Pool::builder()
            .max_size(size.max(1))
            .min_idle(Some(0))
            .connection_timeout(LONGEST_WAIT)
            .error_handler(Box::new(LogErrors))
            .build_unchecked(manager.clone());
        Self { pool, manager }
    }

    /// The engine that is there, if it is as wanted. Blocks.
    pub fn engine(&self) -> Result<Result<Engine, EngineFault>, DbError> {
        self.run_blocking(|conn| self.manager.engine.check(conn))
    }

    /// The most connections it opens.
    pub fn size(&self) -> u32 {
        self.pool.max_size()
    }

    /// Runs `work` with a connection on this thread, which may block.
    pub fn run_blocking<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut OwnerConn) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut conn = self
            .pool
            .get()
            .map_err(|error| DbError::Away(error.to_string()))?;
        work(&mut conn)
    }

    /// Runs `work` on this thread with a connection of its own, which is closed
    /// after it: for work that leaves settings, locks or much memory behind.
    pub fn run_apart<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut OwnerConn) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = r2d2::ManageConnection::connect(&self.manager);
        let mut conn = conn.map_err(|error| DbError::Away(error.to_string()))?;
        work(&mut conn)
    }

    /// Runs `work` with a connection on a blocking thread.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut OwnerConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let pool = self.clone();
        blocking(move || pool.run_blocking(work)).await
    }

    /// [`Self::run_apart`] on a blocking thread: for work that others with a connection
    /// of the pool wait for.
    pub async fn run_alone<T, E>(
        &self,
        work: impl FnOnce(&mut OwnerConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let pool = self.clone();
        blocking(move || pool.run_apart(work)).await
    }
}

/// Runs `work` on a thread that may block.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(E::from(DbError::Away(error.to_string()))))
}

/// Runs a statement that takes a lock behind which others do the same work. The
/// wait is longer than for the locks of readers, whom nobody should hold up.
pub fn take_turn(conn: &mut OwnerConn, lock: &str) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "SET lock_timeout = '5min'; {lock}; SET lock_timeout = '2s'"
    ))
}

/// Makes the database `name` if it is missing. `url` leads to another database
/// of the same server. Blocks.
pub fn ensure_database(
    connector: &Connector,
    url: &SecretString,
    name: &str,
) -> Result<(), DbError> {
    diesel::table! {
        pg_catalog.pg_database (datname) {
            datname -> Text,
        }
    }
    let mut conn = connector
        .connect_blocking(url.expose_secret(), SESSION_SETUP)
        .map_err(|error| DbError::Away(error.to_string()))?;
    let found = pg_database::table.filter(pg_database::datname.eq(name));
    if !diesel::select(diesel::dsl::exists(found)).get_result(&mut conn)? {
        let quoted = name.replace('"', "\"\"");
        conn.batch_execute(&format!("CREATE DATABASE \"{quoted}\""))?;
    }
    Ok(())
}

#[derive(Debug)]
struct LogErrors;

impl<E: std::error::Error> r2d2::HandleError<E> for LogErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "owner connection");
    }
}
