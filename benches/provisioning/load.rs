//! Point queries over many dealers, and what disturbs them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tubex::app::{Core, request_pool};
use tubex::config::DatabaseSettings;
use tubex::db::observe::StatementCount;
use tubex::db::tenant_tables::products;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::directory::{DealerStatus, Directory, dealer_list};
use tubex::tenancy::migrate::{MigrateError, MigrationSet};
use tubex::tenancy::schema_name::SchemaName;
use tubex::tenancy::spares::Turn;
use tubex::tenancy::{Access, TenantContext, TenantPool};

const BACKENDS: usize = 8;
const CONCURRENCY: usize = 8;

/// Dealers at work.
pub struct Load<'a> {
    core: &'a Core,
    pool: TenantPool,
    dealers: Arc<[Arc<TenantContext>]>,
    runtime: Runtime,
}

/// What a window saw.
struct Window {
    per_second: f64,
    p99_ms: f64,
}

impl<'a> Load<'a> {
    pub fn new(core: &'a Core, settings: &DatabaseSettings, dealers: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let dealers = runtime.block_on(contexts(core, dealers)).into();
        let mut pool = request_pool(settings);
        pool.size = BACKENDS;
        pool.wait = Duration::from_secs(30);
        pool.queue_per_dealer = 1000;
        Self {
            core,
            pool: TenantPool::new(&core.connector, pool, EventBus::local(), Clock::system()),
            dealers,
            runtime,
        }
    }

    /// Windows without and with one spare filled a second, in turn.
    pub fn filling(&self, pairs: usize, window: Duration) -> Value {
        let spares = self.core.spares();
        let made = AtomicUsize::new(0);
        let mut figures = self.compare(pairs, window, &|end| {
            let target = spares.stock().unwrap().whole + 1000;
            let pace = || {
                made.fetch_add(1, Ordering::Relaxed);
                pause(Duration::from_secs(1), end)
            };
            spares.refill(target, Turn::Wait, &pace).unwrap();
        });
        if let Some(figures) = figures.as_object_mut() {
            figures.insert("filled".to_owned(), json!(made.into_inner()));
        }
        figures
    }

    /// Each kind of change on its own, ten times a second.
    pub fn causes(&self, pairs: usize, window: Duration) -> Value {
        let role = SchemaName::generate().quoted();
        self.run_sql(&format!("CREATE ROLE {role} NOLOGIN"));
        let request_role = &self.core.request_role;
        let grant = format!("GRANT {role} TO {request_role}; REVOKE {role} FROM {request_role}");
        let create = format!("CREATE SCHEMA {role}; DROP SCHEMA {role}");
        let table = format!("CREATE TABLE public.{role} (id int); DROP TABLE public.{role}");
        let often = |sql: &str| {
            let sql = sql.to_owned();
            self.compare(pairs, window, &move |end| {
                while pause(Duration::from_millis(100), end) {
                    self.run_sql(&sql);
                }
            })
        };
        let figures = json!({
            "membership": often(&grant),
            "schema": often(&create),
            "table": often(&table),
        });
        self.run_sql(&format!("DROP ROLE {role}"));
        figures
    }

    fn run_sql(&self, sql: &str) {
        let run = |conn: &mut tubex::db::owner::OwnerConn| {
            Ok::<_, MigrateError>(conn.batch_execute(sql)?)
        };
        self.core.owner.run_blocking(run).unwrap();
    }

    /// Pairs of windows: alone, and beside `work`, which ends when it is told to.
    fn compare(
        &self,
        pairs: usize,
        window: Duration,
        work: &(dyn Fn(&AtomicBool) + Sync),
    ) -> Value {
        // Every dealer is met, so that plans are there.
        self.window(window);
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..pairs {
            alone.push(self.window(window));
            let end = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| work(&end));
                beside.push(self.window(window));
                end.store(true, Ordering::Relaxed);
            });
        }
        let rate = |windows: &[Window]| median(windows.iter().map(|one| one.per_second));
        let ratios = alone
            .iter()
            .zip(&beside)
            .map(|(a, b)| b.per_second / a.per_second);
        json!({
            "alone": { "per_second": rate(&alone), "p99_ms": median(alone.iter().map(|one| one.p99_ms)) },
            "beside": { "per_second": rate(&beside), "p99_ms": median(beside.iter().map(|one| one.p99_ms)) },
            "ratio": rate(&beside) / rate(&alone),
            "median_of_ratios": median(ratios.clone()),
            "ratios": ratios.collect::<Vec<_>>(),
        })
    }

    fn window(&self, length: Duration) -> Window {
        let next = Arc::new(AtomicUsize::new(0));
        let started = Instant::now();
        let workers = (0..CONCURRENCY).map(|_| {
            let (pool, dealers) = (self.pool.clone(), Arc::clone(&self.dealers));
            let next = Arc::clone(&next);
            self.runtime.spawn(async move {
                let mut times = Vec::new();
                while started.elapsed() < length {
                    let turn = next.fetch_add(1, Ordering::Relaxed) % dealers.len();
                    let Some(dealer) = dealers.get(turn) else {
                        panic!("no dealers")
                    };
                    let begun = Instant::now();
                    request(&pool, dealer).await;
                    times.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                times
            })
        });
        let all = self
            .runtime
            .block_on(futures_util::future::join_all(workers));
        let seconds = started.elapsed().as_secs_f64();
        let mut times: Vec<f64> = all.into_iter().flat_map(Result::unwrap).collect();
        times.sort_by(f64::total_cmp);
        Window {
            per_second: f64::from(u32::try_from(times.len()).unwrap()) / seconds,
            p99_ms: at(&times, 99),
        }
    }
}

/// False as soon as the window ends.
fn pause(length: Duration, end: &AtomicBool) -> bool {
    let until = Instant::now() + length;
    while Instant::now() < until {
        if end.load(Ordering::Relaxed) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    at(&values, 50)
}

/// The value below which so many hundredths of them are.
fn at(sorted: &[f64], hundredths: usize) -> f64 {
    let value = sorted.get(sorted.len() * hundredths / 100);
    value.copied().unwrap_or(f64::NAN)
}

async fn contexts(core: &Core, number: usize) -> Vec<Arc<TenantContext>> {
    let mut conn = core.control.checkout().await.unwrap();
    let all = dealer_list(&mut conn).await.unwrap();
    drop(conn);
    let directory = Directory::new(core.control.clone(), MigrationSet::tenant().unwrap());
    let open = all
        .iter()
        .filter(|dealer| dealer.status == DealerStatus::Active);
    let mut contexts = Vec::new();
    for dealer in open.take(number) {
        contexts.push(Arc::new(
            directory.admit_system(dealer.id, "bench").await.unwrap(),
        ));
    }
    contexts
}

async fn request(pool: &TenantPool, dealer: &Arc<TenantContext>) {
    use diesel_async::RunQueryDsl;
    let count = StatementCount::default();
    let begun = pool.begin(Arc::clone(dealer), Access::Read, &count).await;
    let mut tx = begun.unwrap();
    let name: Option<String> = products::table
        .filter(products::sku.eq("BENCH"))
        .select(products::name)
        .first(&mut tx)
        .await
        .optional()
        .unwrap();
    assert!(name.is_none());
    tx.rollback().await.unwrap();
}
