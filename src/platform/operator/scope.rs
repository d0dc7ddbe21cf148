//! What an operator's operation carries: who he is, the control plane, loaders.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::auth::operator::Operator;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult};
use crate::graphql::context::{ContextExt, OperationScope, Source};
use crate::graphql::loader::{LoaderSet, Lookup};
use crate::graphql::scope::{RowBudget, Trace};

/// The operation's data. It can be made with an [`Operator`] only, and holds
/// nothing that leads to a shop.
pub struct OperatorScope {
    request_id: Uuid,
    operator: Operator,
    reads: ControlReads,
    loaders: Mutex<Arc<LoaderSet<ControlReads>>>,
    trace: Trace,
    rows: RowBudget,
}

/// Reads of the control plane for one operation, one at a time: an operation
/// takes one connection from those who sign in, whatever it asks for.
#[derive(Clone)]
pub struct ControlReads {
    control: ControlPool,
    turn: Arc<Semaphore>,
    count: StatementCount,
}

/// A connection to the control plane, and the operation's turn.
pub struct ControlRead {
    conn: ControlConn,
    _turn: OwnedSemaphorePermit,
}

impl ControlReads {
    /// The connection for one statement.
    pub async fn conn(&self) -> AppResult<ControlRead> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        Ok(ControlRead {
            _turn: turn.map_err(AppError::internal)?,
            conn: self.control.checkout_counted(&self.count).await?,
        })
    }
}

impl std::ops::Deref for ControlRead {
    type Target = ControlConn;

    fn deref(&self) -> &Self::Target {
        &self.conn
    }
}

impl std::ops::DerefMut for ControlRead {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.conn
    }
}

impl OperatorScope {
    /// A scope for one operation of `operator`, which may hand `max_rows` records
    /// to its resolvers.
    pub fn new(
        control: ControlPool,
        operator: Operator,
        request_id: Uuid,
        max_rows: usize,
    ) -> Self {
        let trace = Trace::default();
        let reads = ControlReads {
            control,
            turn: Arc::new(Semaphore::new(1)),
            count: trace.statements.clone(),
        };
        Self {
            request_id,
            operator,
            loaders: Mutex::new(Arc::new(LoaderSet::new(reads.clone(), trace.clone()))),
            reads,
            trace,
            rows: RowBudget::new(max_rows),
        }
    }

    /// Who operates.
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Who operates, as the log of actions names him.
    pub fn actor(&self) -> String {
        actor(&self.operator)
    }

    /// The connection for one statement.
    pub async fn tx(&self) -> AppResult<ControlRead> {
        self.reads.conn().await
    }

    /// Counts records on their way to resolvers.
    pub fn spend(&self, rows: usize) -> AppResult<()> {
        self.rows.spend(rows)
    }

    /// The value behind `key`, fetched together with the keys of its siblings.
    pub async fn load<K: Lookup<ControlReads>>(&self, key: K) -> AppResult<Option<K::Found>> {
        let loaders = Arc::clone(&self.loaders());
        let value = loaders.load(key).await?;
        self.spend(1)?;
        Ok(value)
    }

    /// As [`OperatorScope::load`], for keys with a list behind them.
    pub async fn load_list<K, T>(&self, key: K) -> AppResult<Vec<T>>
    where
        K: Lookup<ControlReads, Found = Vec<T>>,
        T: Clone + Send + Sync + 'static,
    {
        let loaders = Arc::clone(&self.loaders());
        let rows = loaders.load(key).await?.unwrap_or_default();
        self.spend(rows.len().saturating_add(1))?;
        Ok(rows)
    }

    /// Forgets what was loaded, because a mutation has just changed it.
    pub fn forget(&self) {
        *self.loaders() = Arc::new(LoaderSet::new(self.reads.clone(), self.trace.clone()));
    }

    fn loaders(&self) -> std::sync::MutexGuard<'_, Arc<LoaderSet<ControlReads>>> {
        self.loaders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operator, as the log of actions names him.
pub fn actor(operator: &Operator) -> String {
    format!("operator:{}", operator.name())
}

impl OperationScope for OperatorScope {
    fn request_id(&self) -> Uuid {
        self.request_id
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Connections go back with each statement; there is nothing to give back.
    async fn release(&self) {}
}

impl Source for OperatorScope {
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>> {
        ctx.service::<Arc<Self>>().cloned()
    }
}
