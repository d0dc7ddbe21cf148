//! What many schemas cost against one shared table.
//!
//! ```sh
//! cargo bench --bench scale -- --dealers 10,100,1000,5000
//! ```
//!
//! The same rows and the same questions three ways: in a schema per dealer through
//! the request pool; in tables that all dealers share, through the same pool; and
//! in those tables over bare connections, without a dealer's path and role. Prints
//! one JSON object per measurement and the ratios at the end. `cpu_us` is what the
//! backends spent on a processor per request, from the kernel's scheduler.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::get_unwrap,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "scale/bare.rs"]
mod bare;
#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;
#[path = "scale/load.rs"]
mod load;
#[path = "scale/pooled.rs"]
mod pooled;
#[path = "scale/processor.rs"]
mod processor;
#[path = "scale/rows.rs"]
mod rows;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use serde_json::json;

use fleet::Fleet;
use load::{Figures, Load, Spread};

#[derive(Parser)]
struct Args {
    /// How many dealers, from few to many.
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000")]
    dealers: Vec<usize>,
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value = "6")]
    seconds: u64,
    /// Connections that serve requests.
    #[arg(long, default_value = "8")]
    backends: usize,
    /// Requests under way at once.
    #[arg(long, default_value = "16")]
    at_once: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-scale"))]
    data: PathBuf,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// One product by its SKU.
    Point,
    /// A page of products, their units, the units of those, the stock levels: four
    /// statements.
    Nested,
}

impl Read {
    const ALL: [Self; 2] = [Self::Point, Self::Nested];
}

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// A schema per dealer.
    Schemas,
    /// A schema per dealer, one and the same dealer all the time.
    OneDealer,
    /// Shared tables through the same pool.
    Shared,
    /// Shared tables over bare connections.
    Bare,
}

impl Way {
    const ALL: [Self; 4] = [Self::OneDealer, Self::Schemas, Self::Shared, Self::Bare];
}

type Results = HashMap<(usize, Read, Spread, Way), Figures>;

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut results = Results::new();
    for dealers in args.dealers.iter().copied() {
        eprintln!("{}", fleet.fill(dealers + 1));
        let shop = runtime.block_on(rows::fill(fleet.core(), &settings, dealers));
        for read in Read::ALL {
            for spread in Spread::ALL {
                for way in Way::ALL {
                    let load = Load {
                        shop: Arc::clone(&shop),
                        read,
                        spread,
                        time: Duration::from_secs(args.seconds),
                        at_once: args.at_once,
                    };
                    let figures = match way {
                        Way::Bare => runtime.block_on(bare::measure(&settings, &load)),
                        way => {
                            let pooled =
                                pooled::measure(fleet.core(), &settings, &load, way, args.backends);
                            runtime.block_on(pooled)
                        }
                    };
                    show(dealers, read, spread, way, &figures);
                    results.insert((dealers, read, spread, way), figures);
                }
            }
        }
    }
    for dealers in args.dealers {
        ratios(&results, dealers);
    }
}

fn show(dealers: usize, read: Read, spread: Spread, way: Way, figures: &Figures) {
    let line = json!({
        "dealers": dealers,
        "read": format!("{read:?}"),
        "spread": format!("{spread:?}"),
        "way": format!("{way:?}"),
        "figures": figures.json(),
    });
    println!("{line}");
}

fn ratios(results: &Results, dealers: usize) {
    for read in Read::ALL {
        for spread in Spread::ALL {
            let of = |way| results.get(&(dealers, read, spread, way)).unwrap();
            let (schemas, one) = (of(Way::Schemas), of(Way::OneDealer));
            let line = json!({
                "dealers": dealers,
                "read": format!("{read:?}"),
                "spread": format!("{spread:?}"),
                "cpu_to_shared": schemas.cpu_us / of(Way::Shared).cpu_us,
                "cpu_to_bare": schemas.cpu_us / of(Way::Bare).cpu_us,
                "rate_to_one_dealer": schemas.rate / one.rate,
                "rate_to_shared": schemas.rate / of(Way::Shared).rate,
            });
            println!("{line}");
        }
    }
}
