//! What a job has at hand while it runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::kind::JobError;
use super::model::JobId;
use super::query;
use super::queue::Queue;
use super::registry::Registry;
use super::tries::Tries;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::observe::StatementCount;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::tenancy::context::Standing;
use crate::tenancy::directory::Directory;
use crate::tenancy::{Access, TenantContext, TenantPool, TenantTx};

/// How long a job waits whose dealer has been suspended meanwhile.
const WHILE_SUSPENDED: Duration = Duration::from_secs(5);

/// The parts of the program that jobs work with.
#[derive(Clone)]
pub struct JobParts {
    /// Connections to the control plane.
    pub control: ControlPool,
    /// Dealers by id.
    pub directory: Directory,
    /// Transactions on dealers' schemas.
    pub tenants: TenantPool,
    /// Where further jobs go.
    pub queue: Queue,
    /// The time.
    pub clock: Clock,
}

/// One run of a job.
pub struct JobContext {
    pub(super) id: JobId,
    pub(super) kind: &'static str,
    pub(super) token: i64,
    pub(super) tries: Tries,
    pub(super) registry: Arc<Registry>,
    pub(super) dealer: Option<Arc<TenantContext>>,
    pub(super) parts: JobParts,
    pub(super) stopping: watch::Receiver<bool>,
}

impl JobContext {
    /// The job's id, the same for all its runs: what is done in its name elsewhere
    /// should be done once for it.
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// Higher in each run: who keeps the highest he has seen can refuse what comes from
    /// a run that has been given up.
    pub const fn token(&self) -> i64 {
        self.token
    }

    /// Which try this is, from 1.
    pub fn attempt(&self) -> i32 {
        self.tries.count()
    }

    /// Says that this run has brought the job further, for good: its tries are given back,
    /// so that what takes long is neither given up nor kept waiting for having been cut
    /// short often. That costs a statement, and only a run that is not the first.
    pub async fn came_further(&self) {
        if self.tries.count() <= 1 {
            return;
        }
        match self.start_over().await {
            Ok(true) => self.tries.start_over(),
            // It is somebody else's by now, who will find that out by himself.
            Ok(false) => {}
            Err(error) => tracing::warn!(job = %self.id, ?error, "its tries were not given back"),
        }
    }

    async fn start_over(&self) -> Result<bool, JobError> {
        let mut conn = self.control().await?;
        Ok(query::start_over(&mut conn, (self.id, self.token)).await?)
    }

    /// The dealer as he was when the run began, with this kind as the actor; none for
    /// the platform's own jobs.
    pub const fn dealer(&self) -> Option<&Arc<TenantContext>> {
        self.dealer.as_ref()
    }

    /// Begins a transaction on the dealer, if he is still open.
    pub async fn begin(&self, access: Access) -> Result<TenantTx, JobError> {
        let dealer = self.dealer.as_ref().map(|context| context.dealer().id);
        let dealer = dealer.ok_or_else(|| JobError::Never("a job of no dealer".to_owned()))?;
        let context = admit(&self.parts.directory, dealer, self.kind).await?;
        let count = StatementCount::default();
        let tenants = &self.parts.tenants;
        Ok(tenants.begin(Arc::new(context), access, &count).await?)
    }

    /// A connection to the control plane.
    pub async fn control(&self) -> Result<ControlConn, JobError> {
        Ok(self.parts.control.checkout().await?)
    }

    /// Where further jobs go.
    pub const fn queue(&self) -> &Queue {
        &self.parts.queue
    }

    /// The time.
    pub const fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// Whether the worker is about to stop: who has much left to do had better end
    /// with [`JobError::NotNow`] at a good place.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// Opens a context on a dealer who may be changed, for jobs of a kind.
pub(super) async fn admit(
    directory: &Directory,
    dealer: DealerId,
    kind: &'static str,
) -> Result<TenantContext, JobError> {
    let context = directory.admit_system(dealer, kind).await?;
    match context.standing() {
        Standing::Open => Ok(context),
        _ => Err(JobError::NotNow(WHILE_SUSPENDED)),
    }
}
