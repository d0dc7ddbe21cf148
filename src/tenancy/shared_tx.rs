//! One lazily opened transaction for all resolvers of a GraphQL operation.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard, OnceCell};
use uuid::Uuid;

use super::cache::{Cache, Cached, View};
use super::context::TenantContext;
use super::tx::{Access, TenantPool, TenantTx};
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult};

/// A transaction that begins at the first statement and that resolvers and
/// loaders lock for one statement at a time.
///
/// One per query, so that all of it reads one snapshot over one connection:
/// a request that holds a connection never waits for a second one, so a full
/// pool can not deadlock. One per mutation field.
pub struct SharedTx {
    pool: TenantPool,
    context: Arc<TenantContext>,
    access: Access,
    work: Work,
    state: Mutex<State>,
    view: OnceCell<View>,
}

/// Of which request a transaction is, and who counts its statements.
#[derive(Clone)]
pub struct Work {
    /// The request.
    pub request: Uuid,
    /// The counter.
    pub count: StatementCount,
}

enum State {
    Unopened,
    Open(Box<TenantTx>),
    Ended,
}

/// The transaction, locked for one statement.
pub type TxGuard<'a> = tokio::sync::MappedMutexGuard<'a, TenantTx>;

impl SharedTx {
    /// Nothing happens until the first [`SharedTx::lock`].
    pub fn new(pool: TenantPool, context: Arc<TenantContext>, access: Access, work: Work) -> Self {
        Self {
            pool,
            context,
            access,
            work,
            state: Mutex::new(State::Unopened),
            view: OnceCell::new(),
        }
    }

    /// Who works for which dealer.
    pub const fn context(&self) -> &Arc<TenantContext> {
        &self.context
    }

    /// Refuses what may not be done at this dealer, before anything is done.
    pub fn permit(&self) -> AppResult<()> {
        Ok(self.context.permit(self.access)?)
    }

    /// The transaction, begun now if it was not yet.
    pub async fn lock(&self) -> AppResult<TxGuard<'_>> {
        let mut state = self.state.lock().await;
        if matches!(*state, State::Unopened) {
            let context = Arc::clone(&self.context);
            let Work { request, count } = &self.work;
            let tx = self.pool.begin(context, self.access, count).await?;
            *state = State::Open(Box::new(tx.of_request(*request)));
        }
        MutexGuard::try_map(state, |state| match state {
            State::Open(tx) => Some(tx.as_mut()),
            State::Unopened | State::Ended => None,
        })
        .map_err(|_| AppError::internal("a statement came after the end of its transaction"))
    }

    /// The value of `key` as this transaction sees it, which may have been worked out before.
    /// Who changes something reads the tables, whose rows he locks, and so do people of
    /// customers, who do not see all of them.
    pub async fn cached<K: Cached>(&self, key: K) -> AppResult<K::Value> {
        let Some(cache) = self.pool.cache() else {
            return Ok(key.work_out(&mut *self.lock().await?).await?);
        };
        if self.access == Access::Write || self.context.customer().is_some() {
            return cache.pass_by(&key, &mut *self.lock().await?).await;
        }
        cache.get(&key, self.view(cache).await?, self).await
    }

    /// What this transaction's snapshot knows of what has happened, read once.
    async fn view(&self, cache: &Cache) -> AppResult<&View> {
        let read = || async { cache.view(&mut *self.lock().await?).await };
        self.view.get_or_try_init(read).await
    }

    /// Commits what was done; a transaction never begun has nothing to commit.
    pub async fn commit(&self) -> AppResult<()> {
        match self.end().await {
            Some(tx) => Ok(tx.commit().await?),
            None => Ok(()),
        }
    }

    /// Undoes what was done.
    pub async fn rollback(&self) -> AppResult<()> {
        match self.end().await {
            Some(tx) => Ok(tx.rollback().await?),
            None => Ok(()),
        }
    }

    /// Ends a read; the caller does not wait for the database.
    pub async fn release(&self) {
        if let Some(tx) = self.end().await {
            tx.release();
        }
    }

    async fn end(&self) -> Option<Box<TenantTx>> {
        let mut state = self.state.lock().await;
        match std::mem::replace(&mut *state, State::Ended) {
            State::Open(tx) => Some(tx),
            State::Unopened | State::Ended => None,
        }
    }
}
