//! What a document costs before it is run: one that is new, and one that is known.
//!
//! ```sh
//! cargo bench --bench documents
//! ```
//!
//! Prints one JSON object, in microseconds per operation. `baseline_us` is one SHA-256 of
//! the document, to compare machines by. No database is needed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement fails the short way"
)]

use std::hint::black_box;
use std::time::Instant;

use async_graphql::{Request, Variables};
use clap::Parser;
use serde_json::json;
use tubex::graphql::document::{Documents, OperationLimits, hash_of};
use tubex::roots::validator;

/// A page as a dashboard asks for it, of some 700 bytes.
const PAGE: &str = "query Page($first: Int!, $after: String, $where: ProductWhere) {
  viewer { user { id email name } dealer { id name currency timezone } }
  products(first: $first, after: $after, where: $where, orderBy: [{ field: NAME, direction: ASC }]) {
    totalCount
    nodes { ...Row units { unit { ...Unit } num den } stockLevels { warehouse { id code name } available { ...Amount } onHand { ...Amount } } }
    pageInfo { hasNextPage endCursor }
  }
}
fragment Row on Product { id sku name kind version listPrice { amount currency } baseUnit { ...Unit } category { id code name parent { id code name } } }
fragment Unit on Unit { id code name }
fragment Amount on Quantity { value unit { ...Unit } }
";

#[derive(Parser)]
struct Args {
    /// Times each step is taken.
    #[arg(long, default_value = "5000")]
    times: u32,
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.build().unwrap();
    println!("{}", runtime.block_on(measure(args.times)));
}

async fn measure(times: u32) -> serde_json::Value {
    let documents = Documents::new(OperationLimits::NONE, validator(), 64 << 20);
    let request = |text: String| {
        let variables = json!({ "first": 50, "after": null, "where": { "archived": false } });
        Request::new(text).variables(Variables::from_json(variables))
    };
    let microseconds = async |texts: &dyn Fn(u32) -> String| {
        let mut took = std::time::Duration::ZERO;
        for number in 0..times {
            let mut request = request(texts(number));
            let started = Instant::now();
            black_box(documents.ready(&mut request).await.unwrap());
            took += started.elapsed();
        }
        took.as_secs_f64() * 1e6 / f64::from(times)
    };
    let new = microseconds(&|number| format!("{PAGE}# {number}")).await;
    let known = microseconds(&|_| PAGE.to_owned()).await;
    let started = Instant::now();
    for _ in 0..times {
        black_box(hash_of(black_box(PAGE)));
    }
    let baseline = started.elapsed().as_secs_f64() * 1e6 / f64::from(times);
    json!({
        "bytes": PAGE.len(), "times": times, "baseline_us": baseline,
        "new_us": new, "known_us": known, "ratio": new / known,
    })
}
