//! What one GraphQL operation carries: the caller, the transaction, the loaders.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::context::OperationScope;
use super::kept_links::MadeLinks;
use super::loader::{LoaderKey, LoaderSet};
use super::refused;
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::events::EventId;
use crate::tenancy::cache::Cached;
use crate::tenancy::live::Follower;
use crate::tenancy::shared_tx::{TxGuard, Work};
use crate::tenancy::{Access, SharedTx, TenantContext, TenantPool};

/// The operation's data, found by resolvers through
/// [`ContextExt`](super::context::ContextExt).
pub struct RequestScope {
    request_id: Uuid,
    sender: Sender,
    pool: TenantPool,
    trace: Trace,
    max_rows: usize,
    unit: Mutex<Option<Arc<UnitOfWork>>>,
}

/// Who has sent an operation.
#[derive(Clone)]
pub enum Sender {
    /// Somebody who has not said who he is.
    Nobody,
    /// Who works for which dealer.
    Known(Arc<TenantContext>),
    /// Somebody whose cookie is good for nothing here. His browser goes on sending it,
    /// and what is open to all must stay so, or he could not sign in or out.
    Refused(AppError),
}

impl Sender {
    /// Who works for which dealer, or why nobody does.
    pub fn known(&self) -> AppResult<&Arc<TenantContext>> {
        match self {
            Self::Known(context) => Ok(context),
            Self::Nobody => Err(AppError::unauthenticated(
                "sign in first: send an access token",
            )),
            Self::Refused(error) => Err(error.clone()),
        }
    }
}

impl From<Option<Arc<TenantContext>>> for Sender {
    fn from(context: Option<Arc<TenantContext>>) -> Self {
        context.map_or(Self::Nobody, Self::Known)
    }
}

/// What the operation cost, for the log and for tests.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Statements sent, transaction control aside.
    pub statements: StatementCount,
    loaders: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Trace {
    pub(super) fn note_loader(&self, name: &'static str) {
        self.loaders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name);
    }

    /// Names of the loader keys that were asked.
    pub fn loaders(&self) -> Vec<&'static str> {
        let loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        loaders.iter().copied().collect()
    }
}

impl RequestScope {
    /// A scope for one operation, each unit of which may hand `max_rows` records
    /// to its resolvers. Without a context only what needs no dealer can run:
    /// introspection, `login`, `dealerRegister`.
    pub fn new(
        pool: TenantPool,
        sender: impl Into<Sender>,
        request_id: Uuid,
        max_rows: usize,
    ) -> Self {
        Self {
            request_id,
            sender: sender.into(),
            pool,
            trace: Trace::default(),
            max_rows,
            unit: Mutex::new(None),
        }
    }

    /// The id under which the log knows this operation.
    pub const fn request_id(&self) -> Uuid {
        self.request_id
    }

    /// What the operation has cost so far.
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Who works for which dealer, or UNAUTHENTICATED.
    pub fn context(&self) -> AppResult<&Arc<TenantContext>> {
        self.sender.known()
    }

    /// The events of the caller's dealer that he may hear of: those behind `after`,
    /// or from now on.
    pub async fn follow(&self, after: Option<EventId>) -> AppResult<Follower> {
        self.pool.follow(self.context()?, after).await
    }

    /// The current unit of work; a reading one is made if there is none.
    pub fn unit(&self) -> AppResult<Arc<UnitOfWork>> {
        let context = self.context()?;
        let mut unit = self.lock();
        let unit = unit.get_or_insert_with(|| self.new_unit(context, Access::Read));
        // Here and not at the first statement: a mutation at a suspended dealer
        // is refused whatever its input.
        unit.tx.permit()?;
        Ok(Arc::clone(unit))
    }

    /// Starts a unit of work in place of the current one.
    pub fn begin(&self, access: Access) {
        let fresh = self.context().ok().map(|c| self.new_unit(c, access));
        *self.lock() = fresh;
    }

    /// Ends the current unit: commits it if `keep` and nobody refused, undoes
    /// it otherwise.
    pub async fn settle(&self, keep: bool) -> AppResult<()> {
        let Some(unit) = self.lock().take() else {
            return Ok(());
        };
        if keep && !unit.is_refused() {
            unit.tx.commit().await
        } else {
            unit.tx.rollback().await
        }
    }

    /// Writes down that a change of the caller was refused, and why. Nothing hangs on
    /// it: the caller is answered the same.
    pub async fn note_refused(&self, operation: &str, why: serde_json::Value) {
        let Sender::Known(context) = &self.sender else {
            return;
        };
        let noted = self
            .pool
            .note_refused(context, self.request_id, operation.to_owned(), why);
        if let Err(error) = noted.await {
            tracing::warn!(operation, %error, "a refused change is not in the audit log");
        }
    }

    /// Ends the current unit, which only read; nobody waits for the database.
    pub async fn release(&self) {
        let unit = self.lock().take();
        if let Some(unit) = unit {
            unit.tx.release().await;
        }
    }

    fn new_unit(&self, context: &Arc<TenantContext>, access: Access) -> Arc<UnitOfWork> {
        let (pool, context) = (self.pool.clone(), Arc::clone(context));
        let work = Work {
            request: self.request_id,
            count: self.trace.statements.clone(),
        };
        let tx = Arc::new(SharedTx::new(pool, context, access, work));
        Arc::new(UnitOfWork {
            loaders: LoaderSet::new(Arc::clone(&tx), self.trace.clone()),
            tx,
            refused: Mutex::new(false),
            rows: RowBudget::new(self.max_rows),
            made_links: MadeLinks::default(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<UnitOfWork>>> {
        self.unit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OperationScope for RequestScope {
    fn request_id(&self) -> Uuid {
        self.request_id()
    }

    fn trace(&self) -> &Trace {
        self.trace()
    }

    fn release(&self) -> impl Future<Output = ()> {
        self.release()
    }
}

/// One transaction and the loaders that read through it: the whole of a query,
/// one field of a mutation, one event of a subscription.
pub struct UnitOfWork {
    tx: Arc<SharedTx>,
    loaders: LoaderSet<Arc<SharedTx>>,
    refused: Mutex<bool>,
    rows: RowBudget,
    made_links: MadeLinks,
}

/// Counts records on their way to resolvers. Lists inside lists multiply,
/// whatever the document looks like; this is what bounds an answer.
#[derive(Debug)]
pub struct RowBudget {
    most: usize,
    spent: AtomicUsize,
}

impl RowBudget {
    /// At most so many records.
    pub const fn new(most: usize) -> Self {
        Self {
            most,
            spent: AtomicUsize::new(0),
        }
    }

    /// Takes `rows` of them.
    pub fn spend(&self, rows: usize) -> AppResult<()> {
        let before = self.spent.fetch_add(rows, Ordering::Relaxed);
        let limit = self.most;
        if before.saturating_add(rows) <= limit {
            return Ok(());
        }
        Err(AppError::new(
            ErrorCode::LimitExceeded,
            format!("the answer would be made of more than {limit} records; ask for less at once"),
        ))
    }
}

impl UnitOfWork {
    /// The transaction, locked for one statement or one use case.
    pub async fn tx(&self) -> AppResult<TxGuard<'_>> {
        self.tx.lock().await
    }

    /// Who works for which dealer.
    pub fn context(&self) -> &Arc<TenantContext> {
        self.tx.context()
    }

    /// The value behind `key`, fetched together with the keys of its siblings.
    pub async fn load<K: LoaderKey>(&self, key: K) -> AppResult<Option<K::Value>> {
        let value = self.loaders.load(key).await?;
        self.spend(1)?;
        Ok(value)
    }

    /// As [`UnitOfWork::load`], for keys with a list behind them.
    pub async fn load_list<K, T>(&self, key: K) -> AppResult<Vec<T>>
    where
        K: LoaderKey<Value = Vec<T>>,
        T: Clone + Send + Sync + 'static,
    {
        let rows = self.loaders.load(key).await?.unwrap_or_default();
        self.spend(rows.len().saturating_add(1))?;
        Ok(rows)
    }

    /// The value of `key`, which may have been worked out for another reader: for numbers that
    /// many ask for, and that seldom change.
    pub async fn cached<K: Cached>(&self, key: K) -> AppResult<K::Value> {
        self.tx.cached(key).await
    }

    /// Counts records on their way to resolvers.
    pub fn spend(&self, rows: usize) -> AppResult<()> {
        self.rows.spend(rows)
    }

    /// Sorts the result of a use case into payload and error. A refused use
    /// case marks the unit, so that whatever it wrote is undone.
    pub fn outcome<T>(&self, result: ServiceResult<T>) -> AppResult<Result<T, Vec<UserError>>> {
        let sorted = refused::sorted(result)?;
        if sorted.is_err() {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = true;
        }
        Ok(sorted)
    }

    /// Says what a link in the answer leads to, in words of its [`LinkMaker`], so that the
    /// answer can be kept without it.
    ///
    /// [`LinkMaker`]: super::kept_links::LinkMaker
    pub fn note_link(&self, link: &str, leads_to: &str) {
        self.made_links.note(link, leads_to);
    }

    pub(super) const fn made_links(&self) -> &MadeLinks {
        &self.made_links
    }

    /// Whether a use case was refused, so that all of it will be undone.
    pub(super) fn is_refused(&self) -> bool {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
