//! What a search costs in a large catalogue, against the reading of one product by its id.
//!
//! ```sh
//! cargo bench --bench search -- --products 100000 --requests 2000
//! ```
//!
//! Both go over HTTP to a server in a process of its own, in turns, so that whatever else the
//! machine does strikes both. The products are put there by productBulkUpsert. Prints one JSON
//! object: milliseconds, by what is searched for, and `ratio_p95`, that of all searches by that
//! of the reads, which is to be below 5.
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
#[path = "search/goods.rs"]
mod goods;
#[path = "live/node.rs"]
#[expect(dead_code, reason = "memory is measured elsewhere")]
mod node;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tubex::tenancy::migrate::MigrateError;

use fleet::Fleet;
use goods::Dice;
use node::Node;

#[derive(Parser)]
struct Args {
    /// Products in the catalogue.
    #[arg(long, default_value = "100000")]
    products: usize,
    /// Searches, and reads.
    #[arg(long, default_value = "2000")]
    requests: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-search"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

const REGISTER: &str = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
    accessToken userErrors { message } } }";
const UPSERT: &str =
    "mutation($input: ProductBulkUpsertInput!) { productBulkUpsert(input: $input) {
    results { outcome } userErrors { message } } }";
const PAGE: &str = "query($after: String) { products(first: 200, after: $after) {
    nodes { id } pageInfo { endCursor } } }";
const READ: &str = "query($id: ID!) { product(id: $id) { sku name listPrice { amount } } }";
const SEARCH: &str = "query($query: String!) { productSearch(query: $query, first: 20) {
    nodes { foundBy product { sku name listPrice { amount } } } } }";

/// The owner of a shop.
struct Owner {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Owner {
    async fn open(node: &Node) -> Self {
        let mut owner = Self {
            http: reqwest::Client::new(),
            url: node.url.clone(),
            token: String::new(),
        };
        let name = Instant::now();
        let stamp = format!("{name:?}").replace(|letter: char| !letter.is_ascii_digit(), "");
        let input = json!({ "name": "Bench", "currency": "VND", "timezone": "UTC", "ownerName": "Owner",
            "ownerEmail": format!("search{stamp}-{}@bench.example", std::process::id()),
            "ownerPassword": "measured twice, cut once" });
        let data = owner.send(REGISTER, json!({ "input": input })).await;
        let token = data["dealerRegister"]["accessToken"].as_str();
        token.expect("a new dealer").clone_into(&mut owner.token);
        owner
    }

    async fn send(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url).json(&body);
        let request = if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    async fn fill(&self, count: usize) {
        let mut dice = Dice(7);
        let numbers: Vec<usize> = (0..count).collect();
        for part in numbers.chunks(500) {
            let rows: Vec<Value> = part
                .iter()
                .map(|number| goods::row(&mut dice, *number))
                .collect();
            let data = self
                .send(UPSERT, json!({ "input": { "rows": rows } }))
                .await;
            let results = data["productBulkUpsert"]["results"].as_array().unwrap();
            assert!(results.iter().all(|row| row["outcome"] == "CREATED"));
        }
    }

    /// Ids of some products.
    async fn ids(&self) -> Vec<Value> {
        let (mut ids, mut after) = (Vec::new(), Value::Null);
        for _ in 0..10 {
            let data = self.send(PAGE, json!({ "after": after })).await;
            let nodes = data["products"]["nodes"].as_array().unwrap();
            ids.extend(nodes.iter().map(|node| node["id"].clone()));
            after = data["products"]["pageInfo"]["endCursor"].clone();
        }
        ids
    }

    async fn timed(&self, query: &str, variables: Value) -> (Duration, Value) {
        let begun = Instant::now();
        let data = self.send(query, variables).await;
        (begun.elapsed(), data)
    }
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    let node = Node::start(&args.data, &settings, &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let figures = runtime.block_on(async {
        let owner = Owner::open(&node).await;
        let begun = Instant::now();
        owner.fill(args.products).await;
        let filled = begun.elapsed().as_secs_f64();
        eprintln!("{} products after {filled:.0} s", args.products);
        let analyze = |conn: &mut tubex::db::owner::OwnerConn| {
            conn.batch_execute("ANALYZE").map_err(MigrateError::from)
        };
        fleet.core().owner.run(analyze).await.unwrap();
        measure(&owner, &args).await
    });
    println!("{figures}");
}

async fn measure(owner: &Owner, args: &Args) -> Value {
    let (ids, mut dice) = (owner.ids().await, Dice(11));
    let (mut reads, mut searches) = (Vec::new(), Vec::new());
    let mut by_kind = vec![(Vec::new(), 0_usize); goods::ASKED.len()];
    for round in 0..args.requests + 100 {
        let id = &ids[dice.below(ids.len())];
        let (read, _) = owner.timed(READ, json!({ "id": id })).await;
        let kind = round % goods::ASKED.len();
        let text = (goods::ASKED[kind].1)(&mut dice, args.products);
        let (search, data) = owner.timed(SEARCH, json!({ "query": text })).await;
        // The first ones prepare their statements.
        if round < 100 {
            continue;
        }
        reads.push(read);
        searches.push(search);
        by_kind[kind].0.push(search);
        by_kind[kind].1 += data["productSearch"]["nodes"].as_array().unwrap().len();
    }
    let kinds = goods::ASKED
        .iter()
        .zip(by_kind)
        .map(|((name, _), (times, found))| {
            let each = found / times.len().max(1);
            (
                *name,
                json!({ "p50": at(&times, 50), "p95": at(&times, 95), "found": each }),
            )
        });
    json!({
        "products": args.products, "requests": args.requests,
        "read_p50": at(&reads, 50), "read_p95": at(&reads, 95),
        "search_p50": at(&searches, 50), "search_p95": at(&searches, 95),
        "ratio_p50": at(&searches, 50) / at(&reads, 50), "ratio_p95": at(&searches, 95) / at(&reads, 95),
        "kinds": kinds.collect::<std::collections::BTreeMap<_, _>>(),
    })
}

/// Milliseconds of this percentile.
fn at(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let time = times.get(times.len() * percent / 100).copied();
    (time.unwrap_or_default().as_secs_f64() * 1e5).round() / 100.0
}
