//! What keeping plans is worth: reads of one row and of a join, over many
//! dealers in turn. Prints one JSON object per variant, and the ratios.
//!
//! `cargo bench --bench tenant_pool -- [dealers] [seconds]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement fails the short way"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use serde_json::json;
use tubex::app::{Core, request_pool};
use tubex::cluster::{self, Cluster, ClusterSpec, Durability};
use tubex::config::DatabaseSettings;
use tubex::db::connect::Connector;
use tubex::db::observe::StatementCount;
use tubex::db::owner::ensure_database;
use tubex::db::tenant_tables::{product_units, products, units};
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::directory::Directory;
use tubex::tenancy::migrate::{MigrationSet, migrate_control};
use tubex::tenancy::provision::{NewDealer, dealer_insert_tx};
use tubex::tenancy::roles::prepare_request_role;
use tubex::tenancy::{Access, TenantContext, TenantPool, TenantTx};

const BACKENDS: usize = 8;
const CONCURRENCY: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Read {
    Point,
    Join,
}

async fn read(tx: &mut TenantTx, what: Read) {
    use diesel_async::RunQueryDsl;
    match what {
        Read::Point => {
            let name: Option<String> = products::table
                .filter(products::sku.eq("BENCH"))
                .select(products::name)
                .first(tx)
                .await
                .optional()
                .unwrap();
            assert!(name.is_none());
        }
        Read::Join => {
            let rows: Vec<(String, String)> = products::table
                .inner_join(product_units::table.inner_join(units::table))
                .filter(products::sku.eq_any(vec!["A".to_owned(), "B".to_owned()]))
                .select((products::sku, units::code))
                .load(tx)
                .await
                .unwrap();
            assert!(rows.is_empty());
        }
    }
}

async fn request(pool: &TenantPool, context: &Arc<TenantContext>, what: Read) {
    let count = StatementCount::default();
    let begun = pool.begin(Arc::clone(context), Access::Read, &count).await;
    let mut tx = begun.unwrap();
    read(&mut tx, what).await;
    tx.rollback().await.unwrap();
}

/// Requests a second over `dealers` in turn.
async fn rate(
    pool: &TenantPool,
    dealers: &Arc<[Arc<TenantContext>]>,
    what: Read,
    time: Duration,
) -> f64 {
    // Warm: every dealer has been met, so the first plans are made.
    for context in dealers.iter() {
        request(pool, context, what).await;
    }
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let workers = (0..CONCURRENCY).map(|_| {
        let (pool, dealers) = (pool.clone(), Arc::clone(dealers));
        let (next, done) = (Arc::clone(&next), Arc::clone(&done));
        tokio::spawn(async move {
            while started.elapsed() < time {
                let turn = next.fetch_add(1, Ordering::Relaxed) % dealers.len();
                let Some(context) = dealers.get(turn) else {
                    return;
                };
                request(&pool, context, what).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    futures_util::future::join_all(workers).await;
    let requests = u32::try_from(done.load(Ordering::Relaxed)).unwrap();
    f64::from(requests) / started.elapsed().as_secs_f64()
}

async fn dealers(core: &Core, number: usize) -> Vec<Arc<TenantContext>> {
    let directory = Directory::new(core.control.clone(), MigrationSet::tenant().unwrap());
    let mut contexts = Vec::new();
    for _ in 0..number {
        let new = NewDealer {
            name: "Bench".to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        };
        let mut conn = core.control.checkout().await.unwrap();
        let id = dealer_insert_tx(&mut conn, &new, core.clock.now())
            .await
            .unwrap();
        drop(conn);
        core.provisioner.resume(id).await.unwrap();
        contexts.push(Arc::new(directory.admit_system(id, "bench").await.unwrap()));
    }
    contexts
}

fn pool(core: &Core, settings: &DatabaseSettings, keep_plans: bool) -> TenantPool {
    let mode = if keep_plans {
        "force_generic_plan"
    } else {
        "auto"
    };
    let mut settings = request_pool(settings);
    settings.session_setup = format!("SET search_path = ''; SET plan_cache_mode = {mode}");
    settings.size = BACKENDS;
    settings.wait = Duration::from_secs(30);
    settings.queue_per_dealer = 1000;
    settings.keep_plans = keep_plans;
    TenantPool::new(
        &core.connector,
        settings,
        EventBus::local(),
        Clock::system(),
    )
}

async fn measure(settings: DatabaseSettings, number: usize, time: Duration) {
    let core = Core::new(&settings, 1, Clock::system()).unwrap();
    let started = Instant::now();
    let dealers: Arc<[_]> = dealers(&core, number).await.into();
    let made = started.elapsed();
    eprintln!("{number} dealers made in {made:?}");
    for what in [Read::Point, Read::Join] {
        let mut rates = Vec::new();
        for keep_plans in [false, true] {
            let pool = pool(&core, &settings, keep_plans);
            let rate = rate(&pool, &dealers, what, time).await;
            let (home, stolen) = (
                pool.metrics().home.load(Ordering::Relaxed),
                pool.metrics().stolen.load(Ordering::Relaxed),
            );
            println!(
                "{}",
                json!({
                    "read": format!("{what:?}"), "dealers": number, "keep_plans": keep_plans,
                    "requests_per_second": rate.round(), "home": home, "stolen": stolen,
                })
            );
            rates.push(rate);
        }
        if let [without, with] = rates.as_slice() {
            println!(
                "{}",
                json!({ "read": format!("{what:?}"), "dealers": number, "ratio": with / without })
            );
        }
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let number = usize::try_from(numbers.first().copied().unwrap_or(200)).unwrap();
    let time = Duration::from_secs(numbers.get(1).copied().unwrap_or(4));
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    cluster::sweep(parent, "bench-", &|_text| {});
    let spec = ClusterSpec {
        data: parent.join(format!("bench-{}", std::process::id())),
        tools: parent.join("tools"),
        bin_dir: None,
        durability: Durability::Disposable,
        may_install: true,
    };
    let cluster = Cluster::start(&spec, &|text| eprintln!("{text}")).unwrap();
    let connector = Connector::new(None, 1).unwrap();
    ensure_database(&connector, &cluster.url("postgres"), "bench").unwrap();
    let password = "of-the-bench".into();
    let request = cluster.url_as("tubex_app", &password, "bench");
    let settings = DatabaseSettings::local(request, cluster.url("bench"));
    let core = Core::new(&settings, 1, Clock::system()).unwrap();
    core.owner
        .run_blocking(|conn| {
            prepare_request_role(conn, "tubex_app", Some(&password))?;
            migrate_control(conn)
        })
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure(settings, number, time));
    cluster.stop().unwrap();
}
