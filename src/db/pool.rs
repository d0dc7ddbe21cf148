//! Async pools over [`Connector`], and the bounds they share.

use std::time::Duration;

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};

use super::connect::Connector;
use super::error::{DbError, DbResult};

/// How one pool is dimensioned and how its sessions begin.
#[derive(Clone, Debug)]
pub struct PoolSettings {
    /// Connection string of the login role.
    pub url: SecretString,
    /// Upper bound of open connections.
    pub size: usize,
    /// Longest wait for a free connection.
    pub wait: Duration,
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
    pool: Pool<AsyncPgConnection>,
}

/// A checked-out connection.
pub(crate) type RawConn = Object<AsyncPgConnection>;

impl RawPool {
    pub(crate) fn new(connector: &Connector, settings: &PoolSettings) -> Self {
        let manager = AsyncDieselConnectionManager::new_with_config(
            settings.url.expose_secret(),
            manager_config(connector.clone(), settings.session_setup.clone()),
        );
        let builder = Pool::builder(manager)
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
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => DbError::PoolTimeout,
            PoolError::Backend(cause) => DbError::Away(cause.to_string()),
            other => DbError::Away(other.to_string()),
        })
    }
}

fn manager_config(connector: Connector, setup: String) -> ManagerConfig<AsyncPgConnection> {
    let mut config = ManagerConfig::default();
    // A test query on each checkout would double the round trips of a small
    // request; a dead connection shows at its BEGIN.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let (connector, url, setup) = (connector.clone(), url.to_owned(), setup.clone());
        async move { connector.connect(&url, &setup).await }.boxed()
    });
    config
}
