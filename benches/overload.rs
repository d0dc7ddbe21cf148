//! What becomes of goodput when far more is asked for than can be done.
//!
//! ```sh
//! cargo bench --bench overload -- --seconds 8 --times 1,2,5,10
//! cargo bench --bench overload -- --serve=--max-operations=256,--request-pool-size=8
//! ```
//!
//! Dealers of the demo, a part of whose requests are changes (orders), one dealer in a flood.
//! First the peak: so many requests at once, the next when one is answered, more and more at
//! once. Then arrivals by the clock, at multiples of that peak, whether answers come or not.
//! Prints a table, and one JSON object: `goodput_ratio` is what was answered well at the last
//! multiple, to the peak, and `other` what was neither answered nor refused in due form, which
//! is to be 0.
//!
//! * good: status 200, no errors, within the deadline of its arrival; later it is `late`.
//! * refused: `OVERLOADED` with Retry-After. Rates are off, so nothing is `RATE_LIMITED`.
//! * unsent: it arrived when all connections waited for answers. Some of the load was not
//!   offered then, and more connections should be taken.
//!
//! The server is a process of its own, but the clients share the machine with it. So they are
//! cheap: one thread, requests written beforehand over plain TCP, of answers little more than
//! the length and the code is looked at. What they cost all the same they cost the server, the
//! more the more is offered. Peak and overload are measured by the same clients over the same
//! open connections. Both ends of each take a file descriptor: see `ulimit -n`.
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

#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;
#[path = "overload/line.rs"]
mod line;
#[path = "live/node.rs"]
mod node;
#[path = "overload/pool.rs"]
mod pool;
#[path = "overload/shop.rs"]
mod shop;
#[path = "overload/tally.rs"]
mod tally;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};

use fleet::Fleet;
use node::Node;
use pool::Pool;
use shop::Traffic;
use tally::{Tally, ratio};

#[derive(Parser)]
struct Args {
    /// Dealers; the first of them is in a flood.
    #[arg(long, default_value = "8")]
    dealers: usize,
    /// Order lines in the history of each, when he is opened.
    #[arg(long, default_value = "500")]
    lines: u64,
    /// Percent of requests that are the first dealer's.
    #[arg(long, default_value = "50")]
    flood: usize,
    /// Percent of requests that are changes.
    #[arg(long, default_value = "20")]
    changes: usize,
    /// Open connections.
    #[arg(long, default_value = "2048")]
    connections: usize,
    /// Numbers of requests at once, in search of the peak.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "4,8,16,32,64,128,256,512"
    )]
    at_once: Vec<usize>,
    /// Multiples of the peak that are offered.
    #[arg(long, value_delimiter = ',', default_value = "1,2,5,10")]
    times: Vec<u64>,
    /// How long each of these is measured, in seconds, after a first one that is not.
    #[arg(long, default_value = "8")]
    seconds: u64,
    /// Longest time for a good answer, in milliseconds.
    #[arg(long, default_value = "1000")]
    deadline_ms: u64,
    /// More flags of `tubex serve`.
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    serve: Vec<String>,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-overload"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

/// Rates would refuse first, and connections at rest would be closed.
const SERVE: [&str; 8] = [
    "--rate-per-caller",
    "0",
    "--rate-per-dealer",
    "0",
    "--spare-dealers",
    "0",
    "--keep-alive-ms",
    "600000",
];

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    // Makes the control plane, if there is none.
    let _fleet = Fleet::of(&settings);
    let mut flags = SERVE.to_vec();
    flags.extend(args.serve.iter().map(String::as_str));
    let node = Node::start(&args.data, &settings, &flags);
    // Opened on threads of their own; the clients are one.
    let shops = tokio::runtime::Runtime::new().unwrap().block_on(shop::open(
        &settings,
        &node,
        (args.dealers, args.lines),
    ));
    let mut traffic = Traffic::new(shops, (args.flood, args.changes));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let figures = runtime
        .unwrap()
        .block_on(measure(&args, &node, &mut traffic));
    println!("{figures}");
}

async fn measure(args: &Args, node: &Node, traffic: &mut Traffic) -> Value {
    let mut pool = Pool::open(&shop::address(node), args.connections).await;
    eprintln!("{} connections", args.connections);
    let deadline = Duration::from_millis(args.deadline_ms);
    // Statements are prepared, and documents known.
    let length = Duration::from_secs(4);
    pool.closed(traffic, 8, (length, deadline)).await;
    let mut closed = Vec::new();
    let mut peak = 0_u64;
    eprintln!("{}", Tally::HEAD);
    for at_once in &args.at_once {
        let tally = pool.closed(traffic, *at_once, (length, deadline)).await;
        peak = peak.max(tally.good_per_s());
        eprintln!("{}", tally.row(&format!("{at_once} at once")));
        closed.push(tally.figures(json!({ "at_once": at_once })));
    }
    let before = node.memory_kib("VmHWM");
    let length = Duration::from_secs(args.seconds + 1);
    let mut open = Vec::new();
    let (mut last, mut other) = (0, 0);
    for times in &args.times {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let rate = (peak * times).max(1);
        let tally = pool.open_loop(traffic, rate, (length, deadline)).await;
        last = tally.good_per_s();
        other += tally.others();
        eprintln!("{}", tally.row(&format!("{times} x peak")));
        let more = json!({ "times": times, "rate": rate, "memory_kib": node.memory_kib("VmRSS") });
        open.push(tally.figures(more));
    }
    let goodput = ratio(last, peak);
    eprintln!("goodput to peak: {goodput:.2}; neither good nor refused in due form: {other}");
    json!({
        "dealers": args.dealers, "flood_percent": args.flood, "changes_percent": args.changes,
        "connections": args.connections, "deadline_ms": args.deadline_ms, "serve": args.serve,
        "peak_per_s": peak, "closed": closed, "open": open,
        "goodput_ratio": goodput, "other": other,
        "vm_hwm_before_kib": before, "vm_hwm_after_kib": node.memory_kib("VmHWM"),
    })
}
