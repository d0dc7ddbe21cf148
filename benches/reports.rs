//! What the owner's numbers cost beside a million order lines, and what an order costs there.
//!
//! ```sh
//! cargo bench --bench reports -- --lines 1000000 --requests 200
//! ```
//!
//! Two dealers of the demo: one with a history of so many lines, one with none. Prints one JSON
//! object: milliseconds of each query at the first, which are to be below 100 at the 95th
//! percentile, and of orders with five lines at both, in turns; `ratio_p95` of these is to be
//! below 1.5. The history stays for the next run with the same folder.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;
#[path = "live/node.rs"]
#[expect(dead_code, reason = "memory is measured elsewhere")]
mod node;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tubex::app::Core;
use tubex::app::jobs::Workshop;
use tubex::config::DatabaseSettings;
use tubex::demo::data::DEALERS;
use tubex::demo::history::Plan;
use tubex::demo::{Grounds, open_many};
use tubex::kernel::clock::Clock;
use tubex::tenancy::migrate::MigrateError;

use fleet::Fleet;
use node::Node;

#[derive(Parser)]
struct Args {
    /// Order lines of the dealer who has some.
    #[arg(long, default_value = "1000000")]
    lines: u64,
    /// How many months they are spread over.
    #[arg(long, default_value = "24")]
    months: u32,
    /// Requests of each kind.
    #[arg(long, default_value = "200")]
    requests: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-reports"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken userErrors { message } } }";
const SHOP: &str = "{ customers(first: 1, where: { code: { eq: \"TPH\" } }) { nodes { id } }
    warehouses(first: 1) { nodes { id } } products(first: 40, where: { kind: STOCK }) { nodes { id } } }";
const ORDER: &str = "mutation($input: OrderCreateInput!) { orderCreate(input: $input) {
    order { number } userErrors { code path message } } }";
const FIGURES: &str = "total { net { amount } margin { amount } } before { net { amount } }";

/// The queries, each of the year up to a day.
fn queries(from: &str, to: &str) -> Vec<(&'static str, String)> {
    let sums = |by: &str| {
        format!(
            "{{ salesSummary(by: {by}, from: \"{from}\", to: \"{to}\") {{ {FIGURES} rows(first: 50) {{ nodes {{
                startsOn product {{ name }} category {{ name }} customer {{ name }} job {{ name }}
                figures {{ net {{ amount }} margin {{ amount }} }} before {{ net {{ amount }} }} }} }} }} }}"
        )
    };
    vec![
        (
            "dashboard",
            "{ dashboard { day sales { today { net { amount } } yesterday { net { amount } } sameDayLastWeek { net { amount } } }
               orders { count net { amount } } deliveries { planned dispatched delivered failed }
               openQuotes { count } overdue { count amount { amount } } lowStockCount } }"
                .to_owned(),
        ),
        ("sales_by_day", sums("DAY")),
        ("sales_by_week", sums("WEEK")),
        ("sales_by_month", sums("MONTH")),
        ("sales_by_product", sums("PRODUCT")),
        ("sales_by_category", sums("CATEGORY")),
        ("sales_by_customer", sums("CUSTOMER")),
        ("sales_by_job", sums("JOB")),
        ("sales_by_salesperson", sums("SALESPERSON")),
        (
            "top_products",
            format!("{{ topProducts(from: \"{from}\", to: \"{to}\") {{ product {{ name }} figures {{ net {{ amount }} }} }} }}"),
        ),
        (
            "margin_by_customer",
            format!("{{ marginByCustomer(from: \"{from}\", to: \"{to}\") {{ rows {{ nodes {{ customer {{ name }}
                figures {{ margin {{ amount }} }} }} }} }} }}"),
        ),
        (
            "slow_stock",
            "{ slowStock { nodes { product { name } value { amount } coverDays } } }".to_owned(),
        ),
        (
            "dead_stock",
            "{ deadStock { nodes { product { name } value { amount } lastIssuedAt } } }".to_owned(),
        ),
        (
            "fill_rate_of_a_month",
            format!("{{ fillRate(from: \"{}\", to: \"{to}\") {{ orders onTime percent }} }}", month_before(to)),
        ),
        (
            "stock_valuation",
            "{ stockValuation { value { amount } warehouses { warehouse { name } value { amount } } } }".to_owned(),
        ),
        (
            "receivables_ageing",
            format!("{{ receivablesAgeing(at: \"{to}\") {{ nodes {{ customer {{ name }} buckets {{ total {{ amount }} }} }} }} }}"),
        ),
    ]
}

fn month_before(day: &str) -> String {
    let day: chrono::NaiveDate = day.parse().unwrap();
    (day - chrono::Days::new(30)).to_string()
}

/// The owner of a shop.
struct Owner {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Owner {
    async fn sign_in(node: &Node, turn: usize) -> Option<Self> {
        let mut owner = Self {
            http: reqwest::Client::new(),
            url: node.url.clone(),
            token: String::new(),
        };
        let email = format!("history{turn}.{}", DEALERS[0].owner_email);
        let input = json!({ "email": email, "password": DEALERS[0].owner_password });
        let data = owner.send(LOGIN, json!({ "input": input })).await;
        let token = data["login"]["accessToken"].as_str()?;
        token.clone_into(&mut owner.token);
        Some(owner)
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

    async fn timed(&self, query: &str, variables: Value) -> (Duration, Value) {
        let begun = Instant::now();
        let data = self.send(query, variables).await;
        (begun.elapsed(), data)
    }
}

/// A shop to order in.
struct Counter {
    owner: Owner,
    shop: Value,
    orders: usize,
}

impl Counter {
    async fn of(owner: Owner) -> Self {
        let shop = owner.send(SHOP, json!({})).await;
        Self {
            owner,
            shop,
            orders: 0,
        }
    }

    async fn order(&mut self) -> Duration {
        self.orders += 1;
        let products = self.shop["products"]["nodes"].as_array().unwrap();
        let lines: Vec<Value> = (0..5)
            .map(|line| {
                let product = &products[(self.orders * 7 + line) % products.len()]["id"];
                json!({ "productId": product, "quantity": { "value": "1" } })
            })
            .collect();
        let input = json!({ "customerId": self.shop["customers"]["nodes"][0]["id"], "lines": lines,
            "warehouseId": self.shop["warehouses"]["nodes"][0]["id"],
            "idempotencyKey": format!("{}-{}", std::process::id(), self.orders) });
        let (time, data) = self.owner.timed(ORDER, json!({ "input": input })).await;
        assert_eq!(data["orderCreate"]["userErrors"], json!([]));
        time
    }
}

/// Opens the dealers who are not there yet; seconds that took.
async fn open(settings: &DatabaseSettings, node: &Node, args: &Args) -> f64 {
    let core = Core::new(settings, 1, Clock::system()).unwrap();
    let workshop = Workshop::new(core, None).await.unwrap();
    let (core, parts) = (workshop.core(), workshop.parts());
    let grounds = Grounds {
        directory: parts.directory.clone(),
        tenants: parts.tenants.clone(),
    };
    let begun = Instant::now();
    for (turn, lines) in [(1, args.lines), (2, 0)] {
        if Owner::sign_in(node, turn).await.is_none() {
            let plan = Plan {
                months: args.months,
                lines,
                seed: 1,
            };
            let number = (turn - 1) * DEALERS.len();
            let opened = open_many(core, &grounds, number, plan).await.unwrap();
            eprintln!("{opened:?} after {:.0} s", begun.elapsed().as_secs_f64());
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let analyze = |conn: &mut tubex::db::owner::OwnerConn| {
        conn.batch_execute("VACUUM ANALYZE")
            .map_err(MigrateError::from)
    };
    core.owner.run(analyze).await.unwrap();
    seconds
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    // Makes the control plane, if there is none.
    let _fleet = Fleet::of(&settings);
    let node = Node::start(&args.data, &settings, &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let figures = runtime.block_on(async {
        let filled = open(&settings, &node, &args).await;
        let mut figures = measure(&node, &args).await;
        figures["fill_s"] = json!(filled);
        figures
    });
    println!("{figures}");
}

async fn measure(node: &Node, args: &Args) -> Value {
    let full = Owner::sign_in(node, 1)
        .await
        .expect("the dealer with a history");
    let empty = Owner::sign_in(node, 2)
        .await
        .expect("the dealer without one");
    let day = full.send("{ dashboard { day } }", json!({})).await;
    let to = day["dashboard"]["day"].as_str().unwrap().to_owned();
    let from: chrono::NaiveDate = to.parse().unwrap();
    let from = (from - chrono::Days::new(364)).to_string();
    let mut reports = BTreeMap::new();
    for (name, query) in queries(&from, &to) {
        let mut times = Vec::new();
        // The first ones prepare their statements.
        for round in 0..args.requests + 10 {
            let (time, _) = full.timed(&query, json!({})).await;
            if round >= 10 {
                times.push(time);
            }
        }
        reports.insert(
            name,
            json!({ "p50": at(&times, 50), "p95": at(&times, 95) }),
        );
    }
    let (mut full, mut empty) = (Counter::of(full).await, Counter::of(empty).await);
    let (mut at_full, mut at_empty) = (Vec::new(), Vec::new());
    for round in 0..args.requests + 20 {
        let (one, other) = (full.order().await, empty.order().await);
        if round >= 20 {
            at_full.push(one);
            at_empty.push(other);
        }
    }
    json!({
        "lines": args.lines, "months": args.months, "requests": args.requests, "reports": reports,
        "order_p50": at(&at_full, 50), "order_p95": at(&at_full, 95),
        "order_empty_p50": at(&at_empty, 50), "order_empty_p95": at(&at_empty, 95),
        "ratio_p95": at(&at_full, 95) / at(&at_empty, 95),
    })
}

/// Milliseconds of this percentile.
fn at(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let time = times.get(times.len() * percent / 100).copied();
    (time.unwrap_or_default().as_secs_f64() * 1e5).round() / 100.0
}
