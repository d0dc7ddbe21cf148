//! Connections to the control plane: the `platform` schema and nothing else.

use std::ops::{Deref, DerefMut};

use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::limits::{self, in_time};
use super::observe::StatementCount;
use super::pool::{PoolSettings, PoolUsage, Raw, RawConn, RawPool};

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
        self.take(self.count.as_ref()).await
    }

    /// As [`ControlPool::checkout`]; the connection's statements are counted.
    pub async fn checkout_counted(&self, count: &StatementCount) -> DbResult<ControlConn> {
        self.take(Some(count)).await
    }

    async fn take(&self, count: Option<&StatementCount>) -> DbResult<ControlConn> {
        let mut raw = self.pool.checkout().await?;
        let hook = raw.under_way.hook(count);
        raw.conn.set_instrumentation(hook);
        Ok(ControlConn(Some(raw)))
    }

    /// How much of the pool is used at this moment.
    pub fn usage(&self) -> PoolUsage {
        self.pool.usage()
    }
}

/// A connection to the `platform` schema. Code that wants a dealer's rows asks
/// for a `TenantTx`, so this type is of no use to it.
///
/// Dropped while an answer is still to come, the statement is cancelled and the
/// connection closed: whoever had it next would wait behind that answer, which may never
/// come. So it is in the middle of a transaction.
///
/// Each statement has a limit on this side of the line too; see [`PoolSettings::answer`].
pub struct ControlConn(
    /// Until it is dropped.
    Option<RawConn>,
);

impl Drop for ControlConn {
    fn drop(&mut self) {
        let Some(mut raw) = self.0.take() else {
            return;
        };
        if raw.under_way.is_abandoned() {
            Raw::give_up(raw);
        } else if raw.conn.is_broken() {
            // In the middle of a transaction, which ends with it.
            drop(RawConn::take(raw));
        } else {
            raw.under_way.free();
        }
    }
}

impl ControlConn {
    /// Runs `work` in one transaction; an error undoes all of it.
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Self) -> Result<T, E>,
        E: From<DbError>,
    {
        use diesel_async::{AnsiTransactionManager as Manager, TransactionManager};
        let begin = async { Ok::<_, DbError>(Manager::begin_transaction(&mut **self).await?) };
        in_time(limits::BEGIN, begin).await?;
        match work(self).await {
            Ok(value) => {
                let commit =
                    async { Ok::<_, DbError>(Manager::commit_transaction(&mut **self).await?) };
                let committed = in_time(limits::COMMIT, commit).await;
                committed.map_err(DbError::of_a_commit)?;
                Ok(value)
            }
            Err(error) => {
                // A connection that can not roll back is dropped by the pool;
                // the first error is the one that tells.
                let undo =
                    async { Ok::<_, DbError>(Manager::rollback_transaction(&mut **self).await?) };
                if let Err(rollback) = in_time(limits::UNDO, undo).await {
                    tracing::warn!(error = %rollback, "rollback failed");
                }
                Err(error)
            }
        }
    }
}

impl Deref for ControlConn {
    type Target = AsyncPgConnection;

    #[expect(clippy::unreachable, reason = "only drop takes it")]
    fn deref(&self) -> &Self::Target {
        match &self.0 {
            Some(raw) => &raw.conn,
            None => unreachable!("the connection was dropped"),
        }
    }
}

impl DerefMut for ControlConn {
    #[expect(clippy::unreachable, reason = "only drop takes it")]
    fn deref_mut(&mut self) -> &mut Self::Target {
        match &mut self.0 {
            Some(raw) => &mut raw.conn,
            None => unreachable!("the connection was dropped"),
        }
    }
}
