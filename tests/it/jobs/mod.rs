//! Jobs: ordered in a transaction, done at least once, dealers in turn.

mod cron;
mod enqueue;
mod fairness;
mod fencing;
mod heirs;
mod killed;
mod life;
mod operator;
mod rights;
mod runs;
mod unique;
mod unknown;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use tubex::config::JobSettings;
use tubex::db::observe::StatementCount;
use tubex::jobs::{
    Enqueued, JobContext, JobError, JobId, JobKind, JobOrder, JobResult, Limits, Queue, Registry,
    Worker,
};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::{Access, Actor, TenantTx};

use crate::support::{Server, TestDealer, own_settings, owner_of, until};

/// What a job of the tests does.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// Takes so many milliseconds.
    Takes(u64),
    /// Takes so many milliseconds, and fails.
    TakesAndFails(u64),
    /// Fails until so many tries are over.
    FailsUntil(i32),
    /// Can not be done.
    Never,
    /// Panics.
    Panics,
    /// Changes the dealer's goods.
    Writes(String),
    /// The same, a second later.
    Waits(String),
}

/// A run of a job.
#[derive(Clone, Debug)]
pub struct Ran {
    pub id: JobId,
    pub act: Act,
    pub attempt: i32,
    pub token: i64,
    pub dealer: Option<(DealerId, Actor)>,
}

/// The runs that have begun.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Ran>>>);

impl Log {
    pub fn all(&self) -> Vec<Ran> {
        self.0.lock().unwrap().clone()
    }

    pub fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    fn note(&self, job: &JobContext, act: &Act) {
        let dealer = job.dealer();
        let ran = Ran {
            id: job.id(),
            act: act.clone(),
            attempt: job.attempt(),
            token: job.token(),
            dealer: dealer.map(|context| (context.dealer().id, context.actor().clone())),
        };
        self.0.lock().unwrap().push(ran);
    }
}

/// Of a dealer.
pub struct Deed(pub Log);

impl JobKind for Deed {
    const NAME: &'static str = "test.deed";
    const LIMITS: Limits = Limits {
        attempts: 3,
        time: Duration::from_secs(5),
        ..Limits::DEFAULT
    };
    type Payload = Act;

    async fn run(&self, job: JobContext, act: Act) -> JobResult {
        self.0.note(&job, &act);
        match act {
            Act::Takes(ms) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                Ok(())
            }
            Act::TakesAndFails(ms) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                Err(JobError::failed("too late"))
            }
            Act::FailsUntil(attempt) if job.attempt() < attempt => Err(JobError::failed("not yet")),
            Act::Nothing | Act::FailsUntil(_) => Ok(()),
            Act::Never => Err(JobError::Never("no way".to_owned())),
            Act::Panics => panic!("as it was told to"),
            Act::Waits(name) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                write(&job, &name).await
            }
            Act::Writes(name) => write(&job, &name).await,
        }
    }
}

async fn write(job: &JobContext, name: &str) -> JobResult {
    use diesel_async::SimpleAsyncConnection;
    let mut tx = job.begin(Access::Write).await?;
    let sql = format!("UPDATE units SET name = '{name}' WHERE code = 'bag'");
    tx.batch_execute(&sql).await.unwrap();
    Ok(tx.commit().await?)
}

/// Of the platform.
pub struct Chore(pub Log);

impl JobKind for Chore {
    const NAME: &'static str = "platform.chore";
    type Payload = Act;

    async fn run(&self, job: JobContext, act: Act) -> JobResult {
        self.0.note(&job, &act);
        if let Act::Takes(ms) = act {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        Ok(())
    }
}

/// A database with dealers and jobs, apart from those of other tests.
pub struct Yard {
    pub server: Server,
    pub log: Log,
    pub sql: Client,
}

impl Yard {
    pub async fn new(name: &'static str) -> Self {
        let database = own_settings(name).await;
        let server = Server::start_on(&database, Clock::system(), |settings| {
            settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
        })
        .await;
        Self {
            sql: owner_of(&database).await,
            server,
            log: Log::default(),
        }
    }

    pub fn registry(&self) -> Registry {
        Registry::default()
            .with(Deed(self.log.clone()))
            .with(Chore(self.log.clone()))
    }

    /// A worker of this process, with all kinds of the tests.
    pub fn worker(&self, slots: usize, lease: Duration) -> Worker {
        self.worker_of(self.registry(), slots, lease)
    }

    pub fn worker_of(&self, registry: Registry, slots: usize, lease: Duration) -> Worker {
        let settings = JobSettings {
            workers_jobs: slots,
            job_lease_s: lease,
            audit_kept_months: 15,
        };
        let (app, registry) = (&self.server.app, Arc::new(registry));
        let worker = app.core.worker(app.job_parts(), registry, &settings);
        worker.unwrap().unwrap()
    }

    /// Enqueues as a use case of the dealer would.
    pub async fn order(&self, dealer: &TestDealer, order: &JobOrder) -> Enqueued {
        let mut tx = self.tx(dealer).await;
        let queue = &self.server.app.queue;
        let enqueued = queue.enqueue(&mut tx, order).await.unwrap();
        tx.commit().await.unwrap();
        enqueued
    }

    pub async fn deed(&self, dealer: &TestDealer, act: Act) -> JobId {
        let order = JobOrder::of::<Deed>(&act).unwrap();
        self.order(dealer, &order).await.id
    }

    pub async fn chore(&self, act: Act) -> JobId {
        let order = JobOrder::of::<Chore>(&act).unwrap();
        let mut conn = self.server.app.core.control.checkout().await.unwrap();
        let enqueued = Queue::enqueue_for(&mut conn, None, &order).await;
        enqueued.unwrap().id
    }

    pub async fn tx(&self, dealer: &TestDealer) -> TenantTx {
        let app = &self.server.app;
        let context = app.directory.admit_system(dealer.id, "test").await.unwrap();
        let count = StatementCount::default();
        let begun = app
            .tenants
            .begin(Arc::new(context), Access::Write, &count)
            .await;
        begun.unwrap()
    }

    /// A value of a job, as text.
    pub async fn job(&self, id: JobId, column: &str) -> String {
        let sql = format!("SELECT ({column})::text FROM platform.jobs WHERE id::text = $1");
        let row = self.sql.query_opt(&sql, &[&id.uuid().to_string()]).await;
        let value = row.unwrap().map(|row| row.get::<_, Option<String>>(0));
        value.map_or("gone".to_owned(), |value| {
            value.unwrap_or_else(|| "null".to_owned())
        })
    }

    pub async fn until_job(&self, id: JobId, state: &str) {
        until(&format!("{id} is {state}"), async || {
            self.job(id, "state").await == state
        })
        .await;
    }

    /// How many jobs there are of which this is true.
    pub async fn count(&self, condition: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM platform.jobs WHERE {condition}");
        self.sql.query_one(&sql, &[]).await.unwrap().get(0)
    }

    pub async fn set(&self, id: JobId, assignment: &str) {
        let sql = format!("UPDATE platform.jobs SET {assignment} WHERE id::text = $1");
        let rows = self.sql.execute(&sql, &[&id.uuid().to_string()]).await;
        assert_eq!(rows.unwrap(), 1);
    }
}

/// Longer than any test.
pub const LONG: Duration = Duration::from_mins(1);
