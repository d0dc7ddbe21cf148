//! The worker of a node: takes jobs, runs them, says how they went.
//!
//! | task | does |
//! |---|---|
//! | `pull` | takes jobs whenever there is room for some |
//! | `run` | one for each job at work |
//! | `report` | writes down how jobs went, many at once |
//! | `keep` | extends leases, takes those of dead workers, queues what is due |
//! | `listen` | hears of new jobs |
//! | `cron` | enqueues what recurs |
//!
//! All of it runs on threads of its own, so that a job that is busy for long delays no
//! request, and over connections of its own, so that it keeps its leases whatever jobs
//! do to the others.

mod complaint;
mod crew;
mod held;
mod keep;
mod listen;
mod pull;
mod report;
mod run;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use self::crew::Crew;
use self::report::Reports;
use super::context::JobParts;
use super::cron;
use super::registry::Registry;
use crate::db::connect::Connector;
use crate::db::control::ControlPool;

/// Threads on which jobs run; most of them wait most of the time.
const THREADS: usize = 2;
/// What is left of the time to stop for writing down what became of the rest.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How many outcomes may wait to be written down; jobs that end wait for room then.
const UNREPORTED: usize = 1024;

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// By what it is known in the database.
    pub name: String,
    /// Most jobs at work at once, at least one.
    pub slots: usize,
    /// How long jobs are left to a worker that is not heard of.
    pub lease: Duration,
}

/// How a worker reaches the queue.
#[derive(Clone)]
pub struct Line {
    /// Opens the connection that hears of jobs.
    pub connector: Connector,
    /// Where.
    pub url: SecretString,
    /// Connections for the queue alone; it takes no more than [`Line::CONNECTIONS`].
    pub pool: ControlPool,
}

impl Line {
    /// One each for taking, extending, looking around, cron, and the two ways of reporting.
    pub const CONNECTIONS: usize = 6;
}

/// A worker at work.
pub struct Worker {
    crew: Arc<Crew>,
    stop: watch::Sender<bool>,
    pulling: JoinHandle<()>,
    reporting: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Worker {
    /// Begins to work.
    pub fn start(
        parts: JobParts,
        line: &Line,
        registry: Arc<Registry>,
        settings: WorkerSettings,
    ) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("tubex-jobs")
            .enable_all()
            .build()?;
        let (stop, stopping) = watch::channel(false);
        let (done, done_reports) = mpsc::channel(UNREPORTED);
        let (single, single_reports) = mpsc::channel(UNREPORTED);
        let reports = Reports { done, single };
        let crew = Arc::new(Crew::new(parts, line, registry, (settings, stopping)));
        let spawn = |task: BoxedTask| runtime.spawn(task);
        let others = vec![
            spawn(Box::pin(keep::keep(Arc::clone(&crew)))),
            spawn(Box::pin(listen::listen(Arc::clone(&crew), line.clone()))),
            spawn(Box::pin(cron::scheduler::keep_time(
                line.pool.clone(),
                Arc::clone(&crew.registry),
                crew.parts.clock.clone(),
            ))),
        ];
        let reporting = runtime.spawn(report::report(
            Arc::clone(&crew),
            done_reports,
            single_reports,
        ));
        let pulling = runtime.spawn(pull::pull(Arc::clone(&crew), reports));
        Ok(Self {
            crew,
            stop,
            pulling,
            reporting,
            others,
            runtime: Some(runtime),
        })
    }

    /// Takes no more jobs from now on.
    pub fn wind_down(&self) {
        self.stop.send_replace(true);
    }

    /// Ends within about `limit`: jobs at work may finish until shortly before, and the
    /// rest is given back for others to do.
    pub async fn stop(mut self, limit: Duration) {
        self.wind_down();
        let end = Instant::now() + limit;
        let last_words = LAST_WORDS.min(limit / 2);
        let finish = async {
            // It holds the way to report; it ends when nothing new is begun.
            drop((&mut self.pulling).await);
            self.crew.finished().await;
        };
        if timeout(limit.saturating_sub(last_words), finish)
            .await
            .is_err()
        {
            self.pulling.abort();
            let given_back = self.crew.give_back().await;
            tracing::info!(
                given_back,
                "jobs that did not finish in time are given back"
            );
        }
        let left = end.saturating_duration_since(Instant::now());
        let left = left.max(last_words);
        if timeout(left, &mut self.reporting).await.is_err() {
            tracing::warn!("some jobs are not noted as done; they are done again later");
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.crew.settings.name
    }
}

type BoxedTask = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Drop for Worker {
    fn drop(&mut self) {
        for task in &self.others {
            task.abort();
        }
        // The last owner may sit in async code, where waiting is a panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
