//! Connections to the control plane: the `platform` schema and nothing else.

use std::ops::{Deref, DerefMut};

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::observe::{StatementCount, silent};
use super::pool::{PoolSettings, PoolUsage, RawConn, RawPool};

/// Hands out connections for dealers' registration, users and sessions.
#[derive(Clone)]
pub struct ControlPool {
    pool: RawPool,
    count: Option<StatementCount>,
}

impl ControlPool {
    /// A pool as configured; connections open on first use.
    pub fn new(connector: &Connector, settings: &PoolSettings) -> Self {
        Self {
            pool: RawPool::new(connector, settings),
            count: None,
        }
    }

    /// The same, all of whose statements are counted.
    #[must_use]
    pub fn counted(mut self, count: &StatementCount) -> Self {
        self.count = Some(count.clone());
        self
    }

    /// A connection that sees the `platform` tables.
    pub async fn checkout(&self) -> DbResult<ControlConn> {
        let mut conn = self.pool.checkout().await.map(ControlConn)?;
        if let Some(count) = &self.count {
            conn.set_instrumentation(count.hook());
        }
        Ok(conn)
    }

    /// As [`ControlPool::checkout`]; the connection's statements are counted.
    pub async fn checkout_counted(&self, count: &StatementCount) -> DbResult<CountedConn> {
        let mut conn = self.checkout().await?;
        conn.set_instrumentation(count.hook());
        Ok(CountedConn(conn))
    }

    /// How much of the pool is used at this moment.
    pub fn usage(&self) -> PoolUsage {
        self.pool.usage()
    }
}

/// A connection whose statements are counted until it goes back.
pub struct CountedConn(ControlConn);

impl Drop for CountedConn {
    fn drop(&mut self) {
        self.0.set_instrumentation(silent());
    }
}

impl Deref for CountedConn {
    type Target = ControlConn;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for CountedConn {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// A connection to the `platform` schema. Code that wants a dealer's rows asks
/// for a `TenantTx`, so this type is of no use to it.
pub struct ControlConn(RawConn);

impl ControlConn {
    /// Runs `work` in one transaction; an error undoes all of it.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Self) -> Result<T, E>,
        E: From<DbError>,
    {
        use diesel_async::{AnsiTransactionManager as Manager, TransactionManager};
        let fault = |error: diesel::result::Error| E::from(DbError::from(error));
        Manager::begin_transaction(&mut *self.0)
            .await
            .map_err(fault)?;
        match work(self).await {
            Ok(value) => {
                Manager::commit_transaction(&mut *self.0)
                    .await
                    .map_err(fault)?;
                Ok(value)
            }
            Err(error) => {
                // A connection that can not roll back is dropped by the pool;
                // the first error is the one that tells.
                if let Err(rollback) = Manager::rollback_transaction(&mut *self.0).await {
                    tracing::warn!(error = %rollback, "rollback failed");
                }
                Err(error)
            }
        }
    }
}

impl Deref for ControlConn {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for ControlConn {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
