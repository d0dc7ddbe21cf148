//! What sends webhooks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{App, Core, StartError, control_pool};
use crate::auth::vault::Vault;
use crate::config::{JobSettings, WebhookSettings};
use crate::db::connect::tls_config;
use crate::db::control::ControlPool;
use crate::jobs::context::JobParts;
use crate::jobs::{Queue, Registry, Worker};
use crate::outbound::{Client, Guard};
use crate::platform::webhooks::courier::Courier;
use crate::platform::webhooks::deliver::{Deliver, Post};
use crate::platform::webhooks::feed::Feeder;
use crate::platform::webhooks::service::{Parts, Webhooks};
use crate::roots::EVENTS;

/// Connections for reading what is to be sent, and for noting what came of it: apart from
/// those by which people sign in.
const CONNECTIONS: usize = 8;
/// The longest wait for one: what was sent and can not be noted is sent again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Those who send webhooks: one who looks what there is to be sent, and workers.
pub struct Couriers {
    worker: Worker,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Couriers {
    /// Ends within about `limit`; what is under way may come back, and what has not is
    /// sent again by others.
    pub async fn stop(self, limit: Duration) {
        self.stop.send_replace(true);
        self.worker.stop(limit).await;
        self.task.abort();
    }

    /// Ends at once, as if the process had been killed.
    pub fn kill(self) {
        self.task.abort();
        drop(self.worker);
    }
}

/// Who may be called.
fn guard(settings: &WebhookSettings) -> Guard {
    Guard {
        networks: settings.webhook_networks.clone(),
        ports: settings.webhook_ports.clone(),
        http: settings.webhook_http,
    }
}

impl Core {
    /// Webhooks, of which nothing is sent yet.
    pub fn webhooks(&self, vault: &Vault, settings: &WebhookSettings) -> Webhooks {
        Webhooks::new(Parts {
            control: self.control.clone(),
            vault: vault.clone(),
            clock: self.clock.clone(),
            guard: guard(settings),
            kinds: &EVENTS,
            figures: Arc::default(),
        })
    }

    /// Begins to send webhooks; not at all if the settings say so. They have places of
    /// their own, since a receiver that does not answer keeps one for as long as that.
    pub fn couriers(
        &self,
        webhooks: &Webhooks,
        parts: &JobParts,
        settings: &WebhookSettings,
        jobs: &JobSettings,
    ) -> Result<Option<Couriers>, StartError> {
        let mut pool = control_pool(&self.settings);
        (pool.size, pool.wait) = (CONNECTIONS, PATIENCE);
        let webhooks = webhooks.over(ControlPool::new(&self.connector, &pool));
        let deliver = Deliver {
            webhooks: webhooks.clone(),
            post: Post {
                client: Client::new(tls_config(None)?).guarded(guard(settings)),
                time: settings.webhook_timeout_ms,
            },
        };
        let registry = Arc::new(Registry::default().with(deliver));
        // Woken apart from the worker of all other jobs.
        let queue = Queue::new(&self.connector, self.control.clone());
        let own = JobParts {
            queue,
            ..parts.clone()
        };
        let places = JobSettings {
            workers_jobs: settings.webhooks_at_once,
            ..jobs.clone()
        };
        let Some(worker) = self.worker(own, registry, &places)? else {
            return Ok(None);
        };
        let courier = Courier::new(Feeder {
            webhooks,
            directory: parts.directory.clone(),
            tenants: parts.tenants.clone(),
        });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(courier.run(stopped));
        Ok(Some(Couriers { worker, stop, task }))
    }
}

impl App {
    /// Begins to send webhooks, as the settings say.
    pub fn couriers(&self) -> Result<Option<Couriers>, StartError> {
        let (webhooks, jobs) = (&self.settings.webhooks, &self.settings.jobs);
        let parts = self.job_parts();
        self.core.couriers(&self.webhooks, &parts, webhooks, jobs)
    }
}
