//! The whole request against the floor: what our server takes, beside bare actix and the driver
//! on the same rows of the same database.
//!
//! ```sh
//! cargo bench --bench floor
//! cargo bench --bench floor -- --dealers 1000
//! cargo bench --bench floor -- --profile --at-once 16 --seconds 10   # needs perf
//! ```
//!
//! Prints one JSON object, and a table on the standard error. Each figure is the median of some
//! rounds, in which the floor and ours take turns. `cpu_s_per_1000` are seconds on a processor per
//! 1,000 requests: of the server's process, and of all of PostgreSQL's, those that ended meanwhile
//! among them. `cpu_ratio` is ours to the floor's, and is to be below 2 everywhere.
//!
//! Both have as many workers and as many connections for requests. The floor does not sign in,
//! permit, limit or log, believes a header, reads without a snapshot around its statements, and
//! owns the tables, so that no policy is asked. An order costs it the number, the row, four lines
//! and the audit log's triggers; ours also finds prices, checks the customer and the warehouse,
//! keeps the answer for its key and writes an event. The dealers stay for the next run with the
//! same folder.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "floor/asks.rs"]
mod asks;
#[path = "floor/bare.rs"]
mod bare;
#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;
#[path = "floor/load.rs"]
mod load;
#[path = "live/node.rs"]
#[expect(dead_code, reason = "memory is measured elsewhere")]
mod node;
#[path = "floor/orders.rs"]
mod orders;
#[path = "floor/pool.rs"]
mod pool;
#[path = "floor/process.rs"]
mod process;
#[path = "floor/profile.rs"]
mod profile;
#[path = "floor/rounds.rs"]
mod rounds;
#[path = "floor/shops.rs"]
mod shops;
#[path = "floor/sql.rs"]
mod sql;
#[path = "floor/values.rs"]
mod values;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio_postgres::{Client, NoTls};
use tubex::config::DatabaseSettings;
use tubex::tenancy::directory::Dealer;
use tubex::tenancy::migrate::{MigrationSet, Options};

use asks::{Operation, Side};
use fleet::Fleet;
use load::Target;
use node::Node;
use process::{Floor, Postgres};
use rounds::Bench;

/// The header by which the floor knows a dealer: the name of his schema.
pub const DEALER: &str = "x-dealer";

#[derive(Parser)]
struct Args {
    /// Dealers, asked all alike.
    #[arg(long, default_value = "1")]
    dealers: usize,
    /// Order lines of each dealer's history.
    #[arg(long, default_value = "300")]
    lines: u64,
    /// Requests under way at once.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    at_once: Vec<usize>,
    /// What to measure; all of it if left out.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Operation>,
    /// How long one of the two is asked in a round, in seconds.
    #[arg(long, default_value = "4")]
    seconds: u64,
    /// Rounds, of which the median counts.
    #[arg(long, default_value = "3")]
    rounds: usize,
    /// HTTP workers of both.
    #[arg(long, default_value = "2")]
    workers: usize,
    /// Connections that serve requests, of both; a multiple of the workers.
    #[arg(long, default_value = "16")]
    connections: usize,
    /// Also where the time of both servers goes, by crate; their recordings stay in the folder.
    #[arg(long)]
    profile: bool,
    /// One round of a second: shows that it runs, and measures nothing.
    #[arg(long)]
    quick: bool,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-floor"))]
    data: PathBuf,
    /// Be the floor, on this database.
    #[arg(long, hide = true)]
    floor_server: Option<String>,
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn operations(&self) -> Vec<Operation> {
        if self.only.is_empty() {
            // The change comes last: what is read stays the same meanwhile.
            return Operation::value_variants().to_vec();
        }
        self.only.clone()
    }
}

fn main() {
    let mut args = Args::parse();
    if let Some(url) = &args.floor_server {
        return bare::serve(url, args.workers, args.connections);
    }
    assert!(args.connections.is_multiple_of(args.workers));
    if args.quick {
        (args.seconds, args.rounds) = (1, 1);
    }
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    let migrated = fleet.migrate(MigrationSet::tenant().unwrap(), &Options::default());
    assert!(migrated.failed.is_empty(), "{migrated:?}");
    // One thread for those who ask: the others are for those who are asked.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let dealers = runtime.block_on(shops::fill(fleet.core(), args.dealers, args.lines));
    let node = start(&args, &settings);
    let url = settings.database_owner_url.expose_secret();
    let floor = Floor::start(url, args.workers, args.connections);
    let figures = runtime.block_on(async {
        let sql = connect(url).await;
        quiet(&sql, true).await;
        let bench = bench(&args, &fleet, (&node, &floor), (dealers, &sql)).await;
        let figures = measure(&bench, &args).await;
        quiet(&sql, false).await;
        figures
    });
    println!("{figures}");
}

/// Our server: as many workers and connections as the floor's, no limits on what is asked, and
/// nothing done beside requests.
fn start(args: &Args, settings: &DatabaseSettings) -> Node {
    let (workers, connections) = (args.workers.to_string(), args.connections.to_string());
    let more = [
        ["--workers", workers.as_str()],
        ["--request-pool-size", connections.as_str()],
        ["--queue-per-dealer", "1000"],
        ["--rate-per-caller", "0"],
        ["--rate-per-dealer", "0"],
        ["--max-complexity", "1000000"],
        ["--max-rows", "1000000"],
        ["--workers-jobs", "0"],
        ["--spare-dealers", "0"],
    ];
    Node::start(&args.data, settings, more.as_flattened())
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Whether autovacuum is off: a round in which it comes past many tables would say nothing of
/// the requests in it.
async fn quiet(sql: &Client, is_quiet: bool) {
    let change = if is_quiet {
        "SET autovacuum = off"
    } else {
        "RESET autovacuum"
    };
    let change = format!("ALTER SYSTEM {change}");
    sql.batch_execute(&change).await.unwrap();
    sql.batch_execute("SELECT pg_reload_conf()").await.unwrap();
}

async fn bench(
    args: &Args,
    fleet: &Fleet,
    (node, floor): (&Node, &Floor),
    (dealers, sql): (Vec<Dealer>, &Client),
) -> Bench {
    let keys = shops::tokens(fleet.core(), &args.data).await;
    let ours = target(Side::Ours, &node.url, node.pid());
    let (shops, has_changed) = shops::look(sql, &keys, &ours.authority, dealers).await;
    if has_changed {
        shops::analyze(fleet.core()).await;
    }
    let row = sql.query_one("SELECT pg_backend_pid()", &[]).await.unwrap();
    let backend: i32 = row.get(0);
    Bench {
        shops: shops.into(),
        keys,
        ours,
        floor: target(Side::Floor, &floor.url, floor.pid()),
        postgres: Postgres::of_backend(backend.unsigned_abs()),
    }
}

fn target(side: Side, url: &str, pid: u32) -> Target {
    let rest = url.strip_prefix("http://").unwrap();
    let authority = rest.split('/').next().unwrap().to_owned();
    eprintln!("{side:?}: process {pid} at {authority}");
    Target {
        side,
        authority,
        pid,
    }
}

async fn measure(bench: &Bench, args: &Args) -> Value {
    bench.compare().await;
    let (mut measured, mut profiles) = (Vec::new(), Vec::new());
    rounds::show_head();
    for operation in args.operations() {
        bench.warm(operation, args.seconds).await;
        for at_once in &args.at_once {
            let pairs = bench.rounds(operation, *at_once, (args.rounds, args.seconds));
            let outcome = pairs.await;
            outcome.show();
            measured.push(outcome);
        }
        if let (true, Some(most)) = (args.profile, args.at_once.last()) {
            let looked = bench.profile(operation, *most, (args.data.as_path(), args.seconds));
            profiles.push(looked.await);
        }
    }
    let worst = measured.iter().map(rounds::Outcome::ratio);
    let all: Vec<Value> = measured.iter().map(rounds::Outcome::json).collect();
    serde_json::json!({
        "dealers": args.dealers, "lines": args.lines, "workers": args.workers,
        "connections": args.connections, "seconds": args.seconds, "rounds": args.rounds,
        "operations": all, "worst_cpu_ratio": worst.fold(0.0, f64::max), "profiles": profiles,
    })
}
