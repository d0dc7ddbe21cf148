//! Hop 6: the transaction that stands on one dealer.
//!
//! A shared connection can leak in two ways: a setting outlives its request,
//! or a transaction does. Both are closed by construction here. The path and
//! the role are set LOCAL to a transaction, and a connection returns to the
//! pool from exactly one place: after a COMMIT or ROLLBACK that succeeded. A
//! future dropped anywhere before that drops the `Lease`, which closes the
//! connection instead.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection};
use diesel_async::{AsyncConnection, SimpleAsyncConnection, TransactionManager};
use uuid::Uuid;

use super::context::TenantContext;
use crate::db::connect::Connector;
use crate::db::error::{DbError, DbResult};
use crate::db::observe::{self, StatementCount};
use crate::db::pool::{PoolSettings, RawConn, RawPool};
use crate::events::{Event, EventBus, EventKind};
use crate::kernel::clock::Clock;

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads one snapshot, from the first statement to the last.
    Read,
    /// Reads and writes.
    Write,
}

/// Hands out transactions on dealers' schemas.
#[derive(Clone)]
pub struct TenantPool {
    raw: RawPool,
    bus: EventBus,
    clock: Clock,
}

/// Connections that died since they were last used are replaced this often
/// before the database is called away; a restart kills all of a pool at once.
const BEGIN_ATTEMPTS: usize = 3;

impl TenantPool {
    /// A pool as configured; connections open on first use.
    pub fn new(
        connector: &Connector,
        settings: &PoolSettings,
        bus: EventBus,
        clock: Clock,
    ) -> Self {
        Self {
            raw: RawPool::new(connector, settings),
            bus,
            clock,
        }
    }

    /// Begins a transaction on the dealer of `context`.
    pub async fn begin(
        &self,
        context: Arc<TenantContext>,
        access: Access,
        count: &StatementCount,
    ) -> DbResult<TenantTx> {
        let sql = begin_sql(&context, access);
        let mut attempt = 1;
        loop {
            let mut lease = Lease::checkout(&self.raw).await?;
            let begun = AnsiTransactionManager::begin_transaction_sql(&mut *lease, &sql).await;
            match begun.map_err(DbError::from) {
                Ok(()) => {
                    lease.set_instrumentation(count.hook());
                    return Ok(TenantTx {
                        lease,
                        context,
                        access,
                        pool: self.clone(),
                        events: Vec::new(),
                    });
                }
                Err(error) if attempt < BEGIN_ATTEMPTS && lease.is_closed() => {
                    tracing::debug!(%error, "a pooled connection was dead; taking another");
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the database lets the request role in.
    pub async fn check(&self) -> DbResult<()> {
        let mut lease = Lease::checkout(&self.raw).await?;
        lease.batch_execute("SELECT 1").await?;
        lease.give_back();
        Ok(())
    }

    /// The bus on which commits publish.
    pub const fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// The clock that stamps rows and events.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Connections open and at rest, for the tests that watch for leaks.
    pub fn connections(&self) -> (usize, usize) {
        let status = self.raw.status();
        (status.size, status.available)
    }

    /// Closes all connections; later transactions fail.
    pub fn close(&self) {
        self.raw.close();
    }
}

/// The first words of a transaction. `SET LOCAL` ends with it, whatever happens,
/// and is the only form that a transaction-mode pooler can not turn into a leak.
fn begin_sql(context: &TenantContext, access: Access) -> String {
    let mode = match access {
        Access::Read => "ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        Access::Write => "ISOLATION LEVEL READ COMMITTED, READ WRITE",
    };
    let schema = context.dealer().schema.quoted();
    format!("BEGIN {mode}; SET LOCAL search_path TO {schema}, public; SET LOCAL ROLE {schema}")
}

/// A connection on its way between pool and pool.
///
/// Dropped, it closes the connection; [`Lease::give_back`] is the only way to
/// reuse it.
struct Lease(Option<RawConn>);

impl Lease {
    async fn checkout(pool: &RawPool) -> DbResult<Self> {
        pool.checkout().await.map(|conn| Self(Some(conn)))
    }

    fn give_back(mut self) {
        if let Some(mut conn) = self.0.take() {
            conn.set_instrumentation(observe::silent());
        }
    }

    fn is_closed(&mut self) -> bool {
        use diesel_async::pooled_connection::PoolableConnection;
        self.is_broken()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            drop(Object::take(conn));
        }
    }
}

impl Deref for Lease {
    type Target = AsyncPgConnection;

    #[expect(
        clippy::unreachable,
        reason = "only give_back and drop empty a lease, and both end it"
    )]
    fn deref(&self) -> &Self::Target {
        self.0
            .as_ref()
            .unwrap_or_else(|| unreachable!("the lease has ended"))
    }
}

impl DerefMut for Lease {
    #[expect(
        clippy::unreachable,
        reason = "only give_back and drop empty a lease, and both end it"
    )]
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0
            .as_mut()
            .unwrap_or_else(|| unreachable!("the lease has ended"))
    }
}

/// A transaction on one dealer's schema: the only way to his rows.
///
/// Dereferences to the diesel connection, so that queries run on it directly.
/// Dropping it undoes the work and closes the connection; end it by
/// [`TenantTx::commit`] or [`TenantTx::rollback`].
pub struct TenantTx {
    lease: Lease,
    context: Arc<TenantContext>,
    access: Access,
    pool: TenantPool,
    events: Vec<Event>,
}

impl TenantTx {
    /// Who works for which dealer.
    pub fn context(&self) -> &TenantContext {
        &self.context
    }

    /// The time of this transaction's writes.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.pool.clock.now()
    }

    /// Records an event; it is published when the transaction has committed.
    pub fn emit(&mut self, kind: EventKind, entity: Uuid) {
        self.events.push(Event {
            id: Uuid::now_v7(),
            dealer: self.context.dealer().id,
            kind,
            entity,
            at: self.pool.clock.now(),
        });
    }

    /// Makes the work last, returns the connection, then publishes the events.
    ///
    /// Once begun, a commit goes on to its end even if the caller goes away:
    /// work that lasts must not lose its events.
    pub async fn commit(self) -> DbResult<()> {
        if self.events.is_empty() {
            return self.commit_here().await;
        }
        let connector = self.pool.raw.connector().clone();
        connector.run(self.commit_here()).await
    }

    async fn commit_here(mut self) -> DbResult<()> {
        self.lease.set_instrumentation(observe::silent());
        AnsiTransactionManager::commit_transaction(&mut *self.lease).await?;
        self.lease.give_back();
        for event in self.events {
            self.pool.bus.publish(event);
        }
        Ok(())
    }

    /// Undoes the work and returns the connection.
    pub async fn rollback(mut self) -> DbResult<()> {
        self.lease.set_instrumentation(observe::silent());
        AnsiTransactionManager::rollback_transaction(&mut *self.lease).await?;
        self.lease.give_back();
        Ok(())
    }

    /// Ends a read without letting the caller wait for the round trip.
    pub fn release(self) {
        let connector = self.pool.raw.connector().clone();
        connector.spawn(async move {
            if let Err(error) = self.rollback().await {
                tracing::warn!(%error, "a read transaction did not end cleanly; its connection is closed");
            }
        });
    }

    /// What the transaction may do.
    pub const fn access(&self) -> Access {
        self.access
    }
}

impl Deref for TenantTx {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &Self::Target {
        &self.lease
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.lease
    }
}
