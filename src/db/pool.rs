//! Async pools over [`Connector`], and the bounds they share.

use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use diesel::ConnectionError;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::PoolableConnection;
use secrecy::{ExposeSecret, SecretString};

use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::limits;
use super::under_way::{Patience, UnderWay};

/// Callers who may wait for a connection at once. Each waits for a bounded time; how many do
/// would otherwise be up to those who ask: sockets, links and operators come without a place
/// among the operations at work.
const MOST_WAITING: usize = 1024;

/// How one pool is dimensioned and how its sessions begin.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// Connection string of the login role.
    pub url: SecretString,
    /// Upper bound of open connections.
    pub size: usize,
    /// Longest wait for a free connection.
    pub wait: Duration,
    /// Longest wait for the answer to a statement; the connection is closed then.
    pub answer: Duration,
    /// Statements run once on each new connection.
    pub session_setup: String,
}

/// How much of a pool is used at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUsage {
    /// Upper bound of open connections.
    pub size: usize,
    /// Open connections.
    pub open: usize,
    /// Those at work.
    pub in_use: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

/// A pool whose connections come out as they are.
///
/// For the control plane only: whoever wants a dealer's rows goes
/// through a type that says whose rows.
#[derive(Clone)]
pub(crate) struct RawPool {
    pool: Pool<Opener>,
}

/// A checked-out connection.
pub(crate) type RawConn = Object<Opener>;

/// A connection of the pool.
pub(crate) struct Raw {
    pub(super) conn: AsyncPgConnection,
    pub(super) under_way: UnderWay,
    opener: Opener,
}

impl Raw {
    /// Has the server give up what the connection is doing, beside the caller; the
    /// connection keeps its place meanwhile, and is closed.
    pub(super) fn give_up(raw: RawConn) {
        let connector = raw.opener.connector.clone();
        connector.spawn(async move {
            let Opener {
                connector,
                settings,
            } = &raw.opener;
            let token = raw.conn.cancel_token();
            connector.cancel(settings.url.expose_secret(), &token).await;
            drop(Object::take(raw));
        });
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.under_way.close();
    }
}

/// Opens the connections of a pool.
#[derive(Clone)]
pub(crate) struct Opener {
    connector: Connector,
    settings: PoolSettings,
}

impl Manager for Opener {
    type Type = Raw;
    type Error = ConnectionError;

    async fn create(&self) -> Result<Raw, ConnectionError> {
        let PoolSettings {
            url,
            session_setup,
            answer,
            ..
        } = &self.settings;
        let under_way = UnderWay::default();
        let patience = Patience {
            answer: *answer,
            hold: Some(limits::HOLD),
        };
        let watched = (under_way.clone(), patience);
        let opening = self
            .connector
            .connect_watched(url.expose_secret(), session_setup, watched);
        let conn = opening.await?;
        Ok(Raw {
            conn,
            under_way,
            opener: self.clone(),
        })
    }

    /// Without a test query: on each checkout it would double the round trips of a
    /// small request.
    async fn recycle(&self, raw: &mut Raw, _: &Metrics) -> RecycleResult<ConnectionError> {
        if raw.under_way.has_ended() || raw.conn.is_broken() {
            return Err(RecycleError::message("broken connection"));
        }
        Ok(())
    }
}

impl RawPool {
    pub(crate) fn new(connector: &Connector, settings: &PoolSettings) -> Self {
        let opener = Opener {
            connector: connector.clone(),
            settings: settings.clone(),
        };
        let builder = Pool::builder(opener)
            .max_size(settings.size)
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(settings.wait))
            .runtime(deadpool::Runtime::Tokio1);
        #[expect(
            clippy::unreachable,
            reason = "fails only for timeouts without a runtime"
        )]
        let pool = builder
            .build()
            .unwrap_or_else(|error| unreachable!("pool: {error}"));
        Self { pool }
    }

    pub(crate) fn usage(&self) -> PoolUsage {
        let status = self.pool.status();
        PoolUsage {
            size: status.max_size,
            open: status.size,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
        }
    }

    pub(crate) async fn checkout(&self) -> DbResult<RawConn> {
        if self.pool.status().waiting >= MOST_WAITING {
            return Err(DbError::PoolTimeout);
        }
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => DbError::PoolTimeout,
            PoolError::Backend(cause) => DbError::Away(cause.to_string()),
            other => DbError::Away(other.to_string()),
        })
    }
}
