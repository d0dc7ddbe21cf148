//! What migrating thousands of dealers takes, on a durable PostgreSQL of its own.
//!
//! ```sh
//! cargo bench --bench migrate -- --dealers 5000 --long-query-s 60
//! ```
//!
//! Prints one JSON object. The dealers are kept in the target folder for the
//! next run; `--data` names another place.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "other measurements use it, too")]
mod fleet;
#[path = "migrate/long_query.rs"]
mod long_query;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::config::DatabaseSettings;
use tubex::tenancy::migrate::{MigrationSet, Options, Step};

use fleet::Fleet;

const UP: &str = "ALTER TABLE products ADD COLUMN probe text;
CREATE INDEX products_probe ON products (probe);
CREATE TABLE probes (id uuid PRIMARY KEY, product_id uuid NOT NULL REFERENCES products (id), note text)";
const DOWN: &str = "DROP TABLE probes; ALTER TABLE products DROP COLUMN probe";

#[derive(Parser)]
struct Args {
    /// How many dealers there should be.
    #[arg(long, default_value = "2000")]
    dealers: usize,
    /// How long somebody reads a table that is to be migrated.
    #[arg(long, default_value = "10")]
    long_query_s: u64,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-migrate"))]
    data: PathBuf,
    /// The run that is killed: the two connection strings.
    #[arg(long, num_args = 2, hide = true)]
    child: Vec<String>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    if let [request, owner] = args.child.as_slice() {
        let settings = DatabaseSettings::local(request.clone().into(), owner.clone().into());
        Fleet::of(&settings).migrate(&next(), &Options::default());
        return;
    }
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    // What a run that was broken off may have left.
    if fleet.made("probes") > 0 {
        fleet.take_back(&next());
    }
    let provisioning = fleet.fill(args.dealers);
    let nothing = nothing_to_do(&fleet);
    let one = whole(&fleet, 1);
    let two = whole(&fleet, 2);
    let killed = killed(&fleet, &settings);
    let long_query = long_query::measure(&fleet, &settings, Duration::from_secs(args.long_query_s));
    let figures = json!({
        "dealers": fleet.survey(&next()).total(),
        "provisioning": provisioning,
        "nothing_to_do_ms": nothing,
        "column_index_table": { "jobs_1": one, "jobs_2": two },
        "killed": killed,
        "long_query": long_query,
    });
    println!("{figures}");
}

/// The set of this program, and a column, an index and a table more.
fn next() -> MigrationSet {
    let (version, name) = ("29990101000001", "2999-01-01-000001_probe");
    let more = Step::new(
        version.to_owned(),
        name.to_owned(),
        UP.to_owned(),
        Some(DOWN.to_owned()),
    );
    let ours = MigrationSet::tenant().unwrap().steps().iter().cloned();
    MigrationSet::new(ours.chain([more]).collect()).unwrap()
}

/// The median of several runs that find everybody current.
fn nothing_to_do(fleet: &Fleet) -> f64 {
    let set = MigrationSet::tenant().unwrap();
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let started = Instant::now();
            let report = fleet.migrate(set, &Options::default());
            assert_eq!(report.changed, 0);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.swap_remove(times.len() / 2)
}

/// All dealers, and back again.
fn whole(fleet: &Fleet, jobs: usize) -> Value {
    let options = Options {
        jobs,
        ..Options::default()
    };
    let started = Instant::now();
    let report = fleet.migrate(&next(), &options);
    let seconds = started.elapsed().as_secs_f64();
    assert!(report.failed.is_empty(), "{report:?}");
    let started = Instant::now();
    fleet.take_back(&next());
    let dealers = f64::from(u32::try_from(report.changed).unwrap());
    json!({
        "changed": report.changed,
        "seconds": seconds,
        "ms_per_dealer": seconds * 1000.0 / dealers,
        "retries": report.retries,
        "revert_seconds": started.elapsed().as_secs_f64(),
    })
}

/// A run that is killed in the middle, and another that takes up its work.
fn killed(fleet: &Fleet, settings: &DatabaseSettings) -> Value {
    let total = fleet.survey(&next()).total();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--child")
        .arg(settings.database_url.expose_secret())
        .arg(settings.database_owner_url.expose_secret())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while fleet.survey(&next()).behind.len() > total / 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
        std::thread::sleep(Duration::from_millis(20));
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let started = Instant::now();
    let behind = fleet.survey(&next()).behind.len();
    // Making a table that is there would fail.
    let report = fleet.migrate(&next(), &Options::default());
    assert!(report.failed.is_empty(), "{report:?}");
    let seconds = started.elapsed().as_secs_f64();
    let after = fleet.survey(&next()).behind.len();
    let tables = fleet.made("probes");
    assert_eq!((after, tables), (0, total));
    fleet.take_back(&next());
    json!({
        "current_when_killed": total - behind,
        "changed_after": report.changed,
        "elsewhere_after": report.elsewhere,
        "behind_after": after,
        "tables": tables,
        "seconds_after": seconds,
    })
}
