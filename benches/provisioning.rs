//! What a new dealer costs, with a spare schema and without, and what filling
//! spares costs those who are at work. On a durable PostgreSQL of its own.
//!
//! ```sh
//! cargo bench --bench provisioning -- --dealers 10,1000,5000
//! ```
//!
//! Prints one JSON object. The dealers are kept in the target folder for the
//! next run, which must not ask for fewer; `--data` names another place.
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
#[path = "provisioning/load.rs"]
mod load;
#[path = "provisioning/register.rs"]
mod register;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};

use fleet::Fleet;

#[derive(Parser)]
struct Args {
    /// Numbers of dealers at which to measure, the smallest first.
    #[arg(long, value_delimiter = ',', default_value = "10,1000")]
    dealers: Vec<usize>,
    /// Registrations of each kind.
    #[arg(long, default_value = "60")]
    registrations: usize,
    /// Dealers under load while spares are filled.
    #[arg(long, default_value = "200")]
    loaded: usize,
    /// Pairs of windows, without and with filling.
    #[arg(long, default_value = "8")]
    pairs: usize,
    /// Length of a window.
    #[arg(long, default_value = "8")]
    window_s: u64,
    /// Also what each kind of change costs the load on its own, at ten a second.
    #[arg(long)]
    causes: bool,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-provisioning"))]
    data: PathBuf,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let (cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut by_size = Vec::new();
    for size in &args.dealers {
        let made = fleet.fill(*size);
        let measured = register::measure(fleet.core(), &runtime, args.registrations);
        eprintln!("{size} dealers: {measured}");
        by_size.push(json!({ "dealers": size, "made": made, "registration": measured }));
    }
    let load = load::Load::new(fleet.core(), &settings, args.loaded);
    let window = Duration::from_secs(args.window_s);
    let filling = load.filling(args.pairs, window);
    eprintln!("{filling}");
    let causes = args.causes.then(|| load.causes(args.pairs, window));
    let slow = |size: Option<&Value>| {
        size?
            .pointer("/registration/made/database/p50_ms")?
            .as_f64()
    };
    let growth = slow(by_size.last()).zip(slow(by_size.first()));
    let figures = json!({
        "sizes": by_size,
        "growth_without_spare": growth.map(|(last, first)| last / first),
        "filling": filling,
        "causes": causes,
    });
    println!("{figures}");
    cluster.stop().unwrap();
}
