//! Jobs a second with handlers that do nothing, and how long a job waits beside many of
//! another dealer.
//!
//! ```sh
//! cargo bench --bench jobs -- --jobs 20000 --slots 16 --waiting 100000
//! ```
//!
//! Prints one JSON object. `baseline_per_s` are rows a second that one connection
//! changes three times, one statement each, as a queue without batches would for each
//! job: to compare machines by.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_postgres::{Client, NoTls};
use tubex::app::jobs::Workshop;
use tubex::config::{DatabaseSettings, JobSettings};
use tubex::jobs::{JobContext, JobId, JobKind, JobOrder, JobResult, Queue, Registry};
use tubex::kernel::ids::DealerId;
use tubex::tenancy::directory::dealer_list;

use fleet::Fleet;

#[derive(Parser)]
struct Args {
    /// Jobs that are done for the rate, spread over the dealers.
    #[arg(long, default_value = "20000")]
    jobs: u32,
    /// Jobs of one dealer, beside which another's are looked at.
    #[arg(long, default_value = "100000")]
    waiting: u32,
    /// Places of the worker.
    #[arg(long, default_value = "16")]
    slots: usize,
    /// Dealers.
    #[arg(long, default_value = "10")]
    dealers: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-jobs"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Does nothing, and says so.
struct Nothing(mpsc::UnboundedSender<JobId>);

#[derive(Serialize, Deserialize)]
struct Told {}

impl JobKind for Nothing {
    const NAME: &'static str = "bench.nothing";
    type Payload = Told;

    async fn run(&self, job: JobContext, _told: Told) -> JobResult {
        self.0.send(job.id()).unwrap();
        Ok(())
    }
}

struct Bench {
    fleet: Fleet,
    sql: Client,
    dealers: Vec<DealerId>,
    slots: usize,
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    fleet.fill(args.dealers);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let figures = runtime.block_on(async {
        let bench = Bench::new(fleet, &settings, args.slots).await;
        let baseline = bench.baseline().await;
        let rate = bench.rate(args.jobs, &bench.dealers).await;
        let lone = bench.rate(args.jobs, &bench.dealers[..1]).await;
        let waits = bench.waits(args.waiting).await;
        json!({
            "jobs": args.jobs, "slots": args.slots, "dealers": bench.dealers.len(),
            "baseline_per_s": baseline, "jobs_per_s": rate, "to_baseline": rate / baseline,
            "jobs_per_s_of_one_dealer": lone, "beside_waiting": waits,
        })
    });
    println!("{figures}");
}

impl Bench {
    async fn new(fleet: Fleet, settings: &DatabaseSettings, slots: usize) -> Self {
        let url = settings.database_owner_url.expose_secret();
        let (sql, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let mut conn = fleet.core().control.checkout().await.unwrap();
        let dealers = dealer_list(&mut conn).await.unwrap();
        drop(conn);
        Self {
            dealers: dealers.into_iter().map(|dealer| dealer.id).collect(),
            fleet,
            sql,
            slots,
        }
    }

    async fn fill(&self, dealers: &[DealerId], count: u32) {
        self.sql
            .batch_execute("TRUNCATE platform.jobs")
            .await
            .unwrap();
        for (number, dealer) in dealers.iter().enumerate() {
            let share = usize::try_from(count).unwrap() / dealers.len();
            let sql = format!(
                "INSERT INTO platform.jobs (id, dealer_id, kind, payload, priority, state, run_at, max_attempts, created_at)
                 SELECT gen_random_uuid(), '{}', 'bench.nothing', '{{}}', 5, 'QUEUED', now(), 3, now()
                 FROM generate_series(1, {share})",
                dealer.uuid()
            );
            self.sql.batch_execute(&sql).await.unwrap();
            eprintln!("{share} jobs of dealer {number}");
        }
        self.sql
            .batch_execute("VACUUM ANALYZE platform.jobs")
            .await
            .unwrap();
    }

    async fn worker(
        &self,
    ) -> (
        tubex::jobs::Worker,
        Workshop,
        mpsc::UnboundedReceiver<JobId>,
    ) {
        let (said, heard) = mpsc::unbounded_channel();
        let workshop = Workshop::new(self.fleet.core().clone(), None)
            .await
            .unwrap();
        let registry = Registry::default().with(Nothing(said));
        let settings = JobSettings {
            workers_jobs: self.slots,
            job_lease_s: Duration::from_mins(1),
            audit_kept_months: 15,
        };
        let worker = workshop.worker_of(Arc::new(registry), &settings).unwrap();
        (worker.unwrap(), workshop, heard)
    }

    /// Jobs a second, from the first that is taken to the last that is noted as done.
    async fn rate(&self, count: u32, dealers: &[DealerId]) -> f64 {
        self.fill(dealers, count).await;
        let began = Instant::now();
        let (worker, _workshop, _heard) = self.worker().await;
        let left = "SELECT count(*) FROM platform.jobs WHERE state IN ('QUEUED', 'RUNNING')";
        while self
            .sql
            .query_one(left, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            > 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = began.elapsed();
        worker.stop(Duration::from_secs(10)).await;
        f64::from(count) / took.as_secs_f64()
    }

    /// How long jobs of one dealer take from their commit to their run, while another
    /// has many waiting.
    async fn waits(&self, waiting: u32) -> Value {
        let (many, few) = (self.dealers[0], self.dealers[1]);
        self.fill(&[many], waiting).await;
        let (worker, _workshop, mut heard) = self.worker().await;
        let mut conn = self.fleet.core().control.checkout().await.unwrap();
        let mut times = Vec::new();
        for _ in 0..50 {
            let order = JobOrder::of::<Nothing>(&Told {}).unwrap();
            let enqueued = Queue::enqueue_for(&mut conn, Some(few), &order)
                .await
                .unwrap();
            let began = Instant::now();
            while heard.recv().await.unwrap() != enqueued.id {}
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let queued = "SELECT count(*) FROM platform.jobs WHERE state = 'QUEUED'";
        let left: i64 = self.sql.query_one(queued, &[]).await.unwrap().get(0);
        worker.stop(Duration::from_secs(10)).await;
        times.sort_by(f64::total_cmp);
        json!({
            "waiting": waiting, "left": left, "ms_median": times[times.len() / 2],
            "ms_most": times[times.len() - 1], "samples": times.len(),
        })
    }

    /// One row after another: added, taken, done.
    async fn baseline(&self) -> f64 {
        let setup =
            "CREATE TABLE IF NOT EXISTS public.baseline (id bigint PRIMARY KEY, state text);
                     TRUNCATE public.baseline";
        self.sql.batch_execute(setup).await.unwrap();
        let insert = self
            .sql
            .prepare("INSERT INTO public.baseline VALUES ($1, 'QUEUED')");
        let update = self
            .sql
            .prepare("UPDATE public.baseline SET state = $2 WHERE id = $1");
        let (insert, update) = (insert.await.unwrap(), update.await.unwrap());
        let (rows, began) = (2000_i64, Instant::now());
        for id in 0..rows {
            self.sql.execute(&insert, &[&id]).await.unwrap();
            self.sql.execute(&update, &[&id, &"RUNNING"]).await.unwrap();
            self.sql.execute(&update, &[&id, &"DONE"]).await.unwrap();
        }
        2000.0 / began.elapsed().as_secs_f64()
    }
}
