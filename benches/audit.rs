//! What the audit costs: updates of one row with and without the trigger, each in a
//! transaction of its own, committed and flushed.
//!
//! ```sh
//! cargo bench --bench audit -- --workers 4 --seconds 3 --rounds 5
//! ```
//!
//! Prints one JSON object. `ratio` is the rate with the trigger by that without; the
//! turns of both alternate, so that whatever else the machine does strikes both. `bulk`
//! is the same for one statement over many rows, the worst case: there is nothing else
//! to do per row.
#![expect(
    clippy::unwrap_used,
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
use diesel::connection::SimpleConnection;
use diesel::{ExpressionMethods, QueryDsl};
use serde_json::json;
use tubex::app::request_pool;
use tubex::db::observe::StatementCount;
use tubex::db::owner::OwnerConn;
use tubex::db::tenant_tables::products;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::directory::Directory;
use tubex::tenancy::migrate::{MigrateError, MigrationSet};
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::{Access, TenantContext, TenantPool};

use fleet::Fleet;

#[derive(Parser)]
struct Args {
    /// Who writes at once, each a row of his own.
    #[arg(long, default_value = "4")]
    workers: usize,
    /// Seconds of a turn.
    #[arg(long, default_value = "3")]
    seconds: u64,
    /// Turns of each.
    #[arg(long, default_value = "5")]
    rounds: usize,
    /// Rows of the one statement over many.
    #[arg(long, default_value = "10000")]
    rows: u32,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-audit"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

/// A dealer with some products.
struct Subject {
    context: Arc<TenantContext>,
    schema: String,
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let figures = runtime.block_on(async {
        let core = fleet.core();
        let (with, without) = (subject(&fleet, &args).await, subject(&fleet, &args).await);
        run(&fleet, format!("DROP TRIGGER audit ON {}.products", without.schema)).await;
        let clock = Clock::system();
        let pool = TenantPool::new(&core.connector, request_pool(&settings), EventBus::local(), clock);
        let (mut rates, mut bulks) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for round in 0..args.rounds {
            rates.0.push(rate(&pool, &with, &args).await);
            rates.1.push(rate(&pool, &without, &args).await);
            bulks.0.push(bulk(&pool, &with).await);
            bulks.1.push(bulk(&pool, &without).await);
            eprintln!("round {round} is done");
        }
        let (with, without) = (median(rates.0), median(rates.1));
        let (bulk_with, bulk_without) = (median(bulks.0), median(bulks.1));
        let per_row = |seconds: f64| (seconds / f64::from(args.rows) * 1e6).round();
        json!({
            "workers": args.workers,
            "with_per_s": with.round(), "without_per_s": without.round(), "ratio": with / without,
            "bulk_rows": args.rows,
            "bulk_with_us_per_row": per_row(bulk_with), "bulk_without_us_per_row": per_row(bulk_without),
        })
    });
    println!("{figures}");
}

async fn run(fleet: &Fleet, sql: String) {
    let work = move |conn: &mut OwnerConn| conn.batch_execute(&sql).map_err(MigrateError::from);
    fleet.core().owner.run(work).await.unwrap();
}

async fn subject(fleet: &Fleet, args: &Args) -> Subject {
    let core = fleet.core();
    let new = NewDealer {
        name: "Bench".to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    let dealer = core.provisioner.open(&new).await.unwrap();
    let schema = dealer.schema.quoted();
    let rows = args.rows;
    run(fleet, format!(
        "SET tubex.actor = 'bench';
         INSERT INTO {schema}.products (id, sku, name, kind, base_unit_id, list_price, version, created_at, updated_at)
         SELECT gen_random_uuid(), 'SKU-' || n, 'Goods ' || n, 'STOCK', (SELECT id FROM {schema}.units LIMIT 1),
                9.5, 1, now(), now() FROM generate_series(1, {rows}) n;
         RESET tubex.actor"
    )).await;
    let directory = Directory::new(core.control.clone(), MigrationSet::tenant().unwrap());
    let context = directory.admit_system(dealer.id, "bench").await.unwrap();
    Subject {
        context: Arc::new(context),
        schema,
    }
}

/// Committed updates a second, as a mutation makes them.
async fn rate(pool: &TenantPool, subject: &Subject, args: &Args) -> f64 {
    let time = Duration::from_secs(args.seconds);
    let started = Instant::now();
    let workers = (1..=args.workers).map(|worker| {
        let (pool, context) = (pool.clone(), Arc::clone(&subject.context));
        let sku = format!("SKU-{worker}");
        tokio::spawn(async move {
            use diesel_async::RunQueryDsl;
            let mut done = 0_u32;
            while started.elapsed() < time {
                let count = StatementCount::default();
                let begun = pool
                    .begin(Arc::clone(&context), Access::Write, &count)
                    .await;
                let mut tx = begun.unwrap();
                let row = products::table.filter(products::sku.eq(sku.clone()));
                diesel::update(row)
                    .set((
                        products::name.eq(done.to_string()),
                        products::version.eq(products::version + 1),
                    ))
                    .execute(&mut tx)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                done += 1;
            }
            done
        })
    });
    let done = futures_util::future::join_all(workers).await;
    let done: u32 = done.into_iter().map(Result::unwrap).sum();
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// Seconds for one statement over all rows.
async fn bulk(pool: &TenantPool, subject: &Subject) -> f64 {
    use diesel_async::SimpleAsyncConnection;
    let count = StatementCount::default();
    let begun = pool
        .begin(Arc::clone(&subject.context), Access::Write, &count)
        .await;
    let mut tx = begun.unwrap();
    let started = Instant::now();
    tx.batch_execute("UPDATE products SET version = version + 1")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
