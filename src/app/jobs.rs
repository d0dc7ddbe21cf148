//! The jobs that this program can do, and the worker that does them.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::webhooks::Couriers;
use super::{App, Core, StartError, control_pool, request_pool};
use crate::auth::text::random;
use crate::auth::vault::Vault;
use crate::config::{JobSettings, WebhookSettings};
use crate::db::control::ControlPool;
use crate::dealer::bulk::end::EndOperation;
use crate::dealer::bulk::export::Export;
use crate::dealer::bulk::import::Import;
use crate::dealer::payments::reminders::run::RemindCustomers;
use crate::dealer::quotes::expire::ExpireQuotes;
use crate::events::EventBus;
use crate::files::Depot;
use crate::files::sweep::{CopyFiles, ForgetFiles, SweepFiles};
use crate::jobs::audit::{SealAudit, Share};
use crate::jobs::context::JobParts;
use crate::jobs::cron::{Missed, Schedule};
use crate::jobs::each_dealer::EachDealer;
use crate::jobs::probe::Probe;
use crate::jobs::upkeep::{ForgetDealer, Nothing, PruneJobs};
use crate::jobs::worker::Line;
use crate::jobs::{Queue, Registry, Worker, WorkerSettings};
use crate::kernel::hex;
use crate::platform::sessions::upkeep::PruneSessions;
use crate::platform::webhooks::upkeep::PruneWebhooks;
use crate::tenancy::TenantPool;
use crate::tenancy::audit::seal::Sealer;
use crate::tenancy::directory::{Directory, Watching};
use crate::tenancy::migrate::MigrationSet;

/// Everything that can be done later: one line per kind, and one for what recurs.
pub fn registry(core: &Core, settings: &JobSettings, depot: &Depot) -> Registry {
    let sealer = core.audit_sealer(settings.audit_kept_months);
    let store = || depot.store.clone();
    Registry::default()
        .with(SweepFiles { store: store() })
        .with(ForgetFiles { store: store() })
        .with(CopyFiles { store: store() })
        .with(Import {
            depot: depot.clone(),
        })
        .with(Export {
            depot: depot.clone(),
        })
        .with(EndOperation)
        .heir::<Import, EndOperation>()
        .heir::<Export, EndOperation>()
        .with(Probe)
        .with(PruneJobs)
        .with(ForgetDealer)
        .with(PruneSessions)
        .with(PruneWebhooks)
        .with(ExpireQuotes)
        .with(EachDealer::<ExpireQuotes>::default())
        .with(RemindCustomers)
        .with(EachDealer::<RemindCustomers>::default())
        .with(SealAudit(sealer))
        .recurring::<PruneJobs>(Schedule::every_min(1), Missed::Skip, |_slot| Nothing {})
        .recurring::<PruneSessions>(Schedule::every_min(10), Missed::Once, |_slot| Nothing {})
        .recurring::<PruneWebhooks>(Schedule::every_min(60), Missed::Once, |_slot| Nothing {})
        .recurring::<SealAudit>(Schedule::every_min(1), Missed::Skip, Share::at)
        .recurring::<EachDealer<ExpireQuotes>>(Schedule::every_min(1), Missed::Skip, Share::at)
        .recurring::<EachDealer<RemindCustomers>>(Schedule::every_min(1), Missed::Skip, Share::at)
}

impl Core {
    /// What seals the audit logs of dealers, and empties what is older than so many
    /// months.
    pub fn audit_sealer(&self, kept_months: u32) -> Sealer {
        Sealer {
            owner: self.owner.clone(),
            clock: self.clock.clone(),
            kept_months,
        }
    }

    /// Begins to do the jobs of `registry`; none if the settings say so.
    pub fn worker(
        &self,
        parts: JobParts,
        registry: Arc<Registry>,
        settings: &JobSettings,
    ) -> Result<Option<Worker>, StartError> {
        if settings.workers_jobs == 0 {
            return Ok(None);
        }
        let mut pool = control_pool(&self.settings);
        pool.size = Line::CONNECTIONS;
        let line = Line {
            connector: self.connector.clone(),
            url: self.settings.database_owner_url.clone(),
            pool: ControlPool::new(&self.connector, &pool),
        };
        let settings = WorkerSettings {
            name: name()?,
            slots: settings.workers_jobs,
            lease: settings.job_lease_s,
        };
        let worker = Worker::start(parts, &line, registry, settings).map_err(StartError::Worker)?;
        Ok(Some(worker))
    }
}

impl App {
    /// Begins to do jobs, as the settings say.
    pub fn worker(&self) -> Result<Option<Worker>, StartError> {
        let registry = Arc::clone(&self.registry);
        let settings = &self.settings.jobs;
        self.core.worker(self.job_parts(), registry, settings)
    }

    /// What jobs work with.
    pub fn job_parts(&self) -> JobParts {
        JobParts {
            control: self.core.control.clone(),
            directory: self.directory.clone(),
            tenants: self.tenants.clone(),
            queue: self.queue.clone(),
            clock: self.core.clock.clone(),
        }
    }
}

/// What jobs work with where nothing is served.
pub struct Workshop {
    core: Core,
    parts: JobParts,
    _watching: Watching,
}

impl Workshop {
    /// Puts it together; connects to Redis if there is one to share events over.
    pub async fn new(core: Core, redis_url: Option<&SecretString>) -> Result<Self, StartError> {
        let bus = if let Some(url) = redis_url {
            EventBus::with_redis(url.expose_secret()).await?
        } else {
            let url = core.settings.database_owner_url.clone();
            EventBus::with_database(&core.connector, url)
        };
        let pool = request_pool(&core.settings);
        let directory = Directory::new(core.control.clone(), MigrationSet::tenant()?);
        let url = core.settings.database_owner_url.clone();
        let parts = JobParts {
            control: core.control.clone(),
            tenants: TenantPool::new(&core.connector, pool, bus, core.clock.clone()),
            queue: Queue::new(&core.connector, core.control.clone()),
            clock: core.clock.clone(),
            directory,
        };
        Ok(Self {
            _watching: parts.directory.watch(&core.connector, url),
            parts,
            core,
        })
    }

    /// The control plane.
    pub const fn core(&self) -> &Core {
        &self.core
    }

    /// What jobs work with.
    pub const fn parts(&self) -> &JobParts {
        &self.parts
    }

    /// Begins to send webhooks, signed by what `vault` opens; none if the settings say so.
    pub fn couriers(
        &self,
        vault: &Vault,
        settings: &WebhookSettings,
        jobs: &JobSettings,
    ) -> Result<Option<Couriers>, StartError> {
        let webhooks = self.core.webhooks(vault, settings);
        self.core.couriers(&webhooks, &self.parts, settings, jobs)
    }

    /// Begins to do jobs; none if the settings say so. The content of files lies in
    /// `depot`, the same as that of the nodes that serve.
    pub fn worker(
        &self,
        depot: &Depot,
        settings: &JobSettings,
    ) -> Result<Option<Worker>, StartError> {
        self.worker_of(Arc::new(registry(&self.core, settings, depot)), settings)
    }

    /// As [`Workshop::worker`], for other kinds.
    pub fn worker_of(
        &self,
        registry: Arc<Registry>,
        settings: &JobSettings,
    ) -> Result<Option<Worker>, StartError> {
        self.core.worker(self.parts.clone(), registry, settings)
    }
}

/// A name that nobody else has: machine, process, and chance, since a process may have
/// the number of one before.
fn name() -> Result<String, StartError> {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine: String = machine.trim().chars().take(100).collect();
    let chance = hex::encode(&random::<4>()?);
    Ok(format!("{machine}/{}/{chance}", std::process::id()))
}
