//! How long an event takes from the change that causes it to a thousand subscribers, and
//! what a subscriber costs.
//!
//! ```sh
//! cargo bench --bench live -- --sockets 1000 --dealers 10 --events-per-s 100
//! ```
//!
//! Prints one JSON object. The server is a process of its own. Times are taken by the
//! clients, on the same machine: from the moment at which a change is sent (`from_change`)
//! and from that at which its answer has been read (`from_answer`; negative where the
//! event was faster) to the moment at which a subscriber has read the event. The commit
//! lies between the two.
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
#[path = "live/node.rs"]
mod node;
#[path = "live/shop.rs"]
mod shop;
#[path = "live/subscriber.rs"]
mod subscriber;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use fleet::Fleet;
use node::Node;
use shop::{Moments, Shop};
use subscriber::{Arrival, Subscriber};

#[derive(Parser)]
struct Args {
    /// Subscribers, spread over the dealers, each on a websocket of its own.
    #[arg(long, default_value = "1000")]
    sockets: usize,
    /// Dealers.
    #[arg(long, default_value = "10")]
    dealers: usize,
    /// Changes a second, spread over the dealers.
    #[arg(long, default_value = "100")]
    events_per_s: usize,
    /// How long changes are made, in seconds.
    #[arg(long, default_value = "20")]
    seconds: usize,
    /// Subscribers more who never read, in the second half.
    #[arg(long, default_value = "50")]
    stalled: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-live"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let _migrated = Fleet::of(&settings);
    let node = Node::start(&args.data, &settings, &[]);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let figures = runtime.unwrap().block_on(measure(&args, &node));
    println!("{figures}");
}

async fn measure(args: &Args, node: &Node) -> Value {
    let mut shops = Vec::new();
    for number in 0..args.dealers {
        shops.push(Arc::new(Shop::open(node, number).await));
    }
    let before = node.memory_kib("VmRSS");
    let mut subscribers = Vec::new();
    for number in 0..args.sockets {
        let shop = &shops[number % shops.len()];
        subscribers.push(Subscriber::open(node, shop).await);
    }
    let open = node.memory_kib("VmRSS");
    eprintln!("{} sockets", subscribers.len());
    let alone = round(args, &shops, &mut subscribers).await;
    let mut silent = Vec::new();
    for number in 0..args.stalled {
        silent.push(Subscriber::open(node, &shops[number % shops.len()]).await);
    }
    let beside = round(args, &shops, &mut subscribers).await;
    let after = node.memory_kib("VmRSS");
    drop(silent);
    let each = f64::from(u32::try_from(open.saturating_sub(before)).unwrap())
        / f64::from(u32::try_from(args.sockets).unwrap());
    let ratio = |key: &str| {
        let p99 = |figures: &Value| figures[key]["p99_ms"].as_f64().unwrap();
        p99(&beside) / p99(&alone)
    };
    json!({
        "sockets": args.sockets, "dealers": args.dealers, "events_per_s": args.events_per_s,
        "alone": alone, "beside_stalled": beside, "stalled": args.stalled,
        "p99_beside_to_alone": ratio("from_change"),
        "kib_per_socket": each, "kib_before": before, "kib_open": open, "kib_after": after,
    })
}

/// Changes for a while, and what the subscribers made of them.
async fn round(args: &Args, shops: &[Arc<Shop>], all: &mut Vec<Subscriber>) -> Value {
    let events = args.events_per_s * args.seconds / shops.len();
    let rate = f64::from(u32::try_from(args.events_per_s).unwrap());
    let apart = Duration::from_secs_f64(f64::from(u32::try_from(shops.len()).unwrap()) / rate);
    let listening: Vec<_> = all
        .drain(..)
        .map(|subscriber| tokio::spawn(subscriber.hear(events)))
        .collect();
    let (said, heard) = oneshot::channel();
    let writers = shops.to_vec();
    // Those who write have a thread of their own: hearing takes its time.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let writing = writers.iter().map(|shop| shop.change(events, apart));
        let moments = runtime
            .unwrap()
            .block_on(futures_util::future::join_all(writing));
        said.send(moments).unwrap();
    });
    let mut arrivals = Vec::new();
    for subscriber in listening {
        let (subscriber, heard) = subscriber.await.unwrap();
        arrivals.push((subscriber.shop, heard));
        all.push(subscriber);
    }
    let moments = heard.await.unwrap();
    figures(&arrivals, &moments)
}

fn figures(arrivals: &[(usize, Vec<Arrival>)], moments: &[Moments]) -> Value {
    let (mut from_change, mut from_answer) = (Vec::new(), Vec::new());
    for (shop, heard) in arrivals {
        let sent = &moments[*shop];
        for (arrival, moment) in heard.iter().zip(sent) {
            from_change.push((*arrival - moment.sent).as_secs_f64() * 1000.0);
            let late = arrival.saturating_duration_since(moment.answered);
            let early = moment.answered.saturating_duration_since(*arrival);
            from_answer.push((late.as_secs_f64() - early.as_secs_f64()) * 1000.0);
        }
    }
    json!({
        "deliveries": from_change.len(),
        "from_change": spread(from_change), "from_answer": spread(from_answer),
    })
}

fn spread(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let at = |permille: usize| times[(times.len() - 1) * permille / 1000];
    json!({ "p50_ms": at(500), "p99_ms": at(990), "max_ms": at(1000) })
}
