//! Debts by age, against a recomputation from the rows.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Shop, decimal};
use crate::support::owner;

const AGEING: &str = "query($at: NaiveDate!, $first: Int, $after: String) {
    receivablesAgeing(at: $at, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { customer { code } buckets { ...ages } jobs { job { code } buckets { ...ages } } } } }
    fragment ages on AgeingBuckets { current { amount } days1To30 { amount } days31To60 { amount }
        days61To90 { amount } over90Days { amount } credits { amount } total { amount } }";
const NAMES: [&str; 6] = [
    "current",
    "days1To30",
    "days31To60",
    "days61To90",
    "over90Days",
    "credits",
];

type Ages = [Decimal; 6];

fn ages(buckets: &Value) -> Ages {
    let ages = NAMES.map(|name| decimal(&buckets[name]["amount"]));
    assert_eq!(
        ages.iter().sum::<Decimal>(),
        decimal(&buckets["total"]["amount"])
    );
    ages
}

/// What was open on a day by code of customer and job, from entries and allocations alone.
async fn recomputed(shop: &Shop, at: NaiveDate) -> BTreeMap<(String, Option<String>), Ages> {
    let schema = &shop.dealer.schema;
    let open = format!(
        "SELECT c.code, j.code, e.due_on::text, (e.amount < 0),
                (e.amount - CASE WHEN e.amount < 0 THEN -1 ELSE 1 END * coalesce((
                    SELECT sum(a.amount) FROM {schema}.entry_allocations a
                    WHERE e.id IN (a.credit_entry_id, a.debit_entry_id)
                      AND a.allocated_on <= $1::text::date), 0))::text
         FROM {schema}.account_entries e JOIN {schema}.customers c ON c.id = e.customer_id
         LEFT JOIN {schema}.jobs j ON j.id = e.job_id WHERE e.document_on <= $1::text::date"
    );
    let mut all: BTreeMap<_, Ages> = BTreeMap::new();
    for row in owner()
        .await
        .query(&open, &[&at.to_string()])
        .await
        .unwrap()
    {
        let (due, credit): (String, bool) = (row.get(2), row.get(3));
        let amount: Decimal = row.get::<_, String>(4).parse().unwrap();
        let overdue = at.signed_duration_since(due.parse().unwrap()).num_days();
        let bucket = match overdue {
            _ if credit => 5,
            ..=0 => 0,
            1..=30 => 1,
            31..=60 => 2,
            61..=90 => 3,
            _ => 4,
        };
        all.entry((row.get(0), row.get(1))).or_default()[bucket] += amount;
    }
    all.retain(|_, ages| ages.iter().any(|age| !age.is_zero()));
    all
}

/// What the API says, page by page.
async fn told(shop: &Shop, at: NaiveDate) -> BTreeMap<(String, Option<String>), Ages> {
    let (mut all, mut after) = (BTreeMap::new(), Value::Null);
    loop {
        let variables = json!({ "at": at.to_string(), "first": 2, "after": after });
        let answer = shop.dealer.client.send(AGEING, variables).await;
        // A page and its count; customers; jobs; what is open, and what was allocated since.
        assert!(answer.statements() <= 6, "{:#}", answer.body);
        let page = &answer.body["data"]["receivablesAgeing"];
        for node in page["nodes"].as_array().unwrap() {
            let code = node["customer"]["code"].as_str().unwrap().to_owned();
            let mut sum = Ages::default();
            for job in node["jobs"].as_array().unwrap() {
                let ages = ages(&job["buckets"]);
                sum.iter_mut().zip(ages).for_each(|(sum, age)| *sum += age);
                let job = job["job"]["code"].as_str().map(str::to_owned);
                all.insert((code.clone(), job), ages);
            }
            assert_eq!(sum, ages(&node["buckets"]), "{code}");
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    all.retain(|_, ages| ages.iter().any(|age| !age.is_zero()));
    all
}

#[tokio::test]
async fn ageing_is_that_of_the_rows_to_the_cent_on_any_day() {
    let shop = Shop::open().await;
    let today = chrono::Utc::now().date_naive();
    let mut parties = Vec::new();
    for code in ["A", "B", "C", "D", "E"] {
        let customer = shop.customer(code, "0").await;
        let job = shop.job(&customer, "LOT").await;
        parties.push((customer, job));
    }
    let line = |number: u64| {
        let (customer, job) = &parties[usize::try_from(number % 5).unwrap()];
        let sign = if number % 4 == 3 { "-" } else { "" };
        let on = today
            .checked_sub_days(Days::new(number * 37 % 200))
            .unwrap();
        json!({ "customerId": customer, "jobId": number.is_multiple_of(2).then_some(job),
            "amount": format!("{sign}{}.{:02}", 10 + number * 13 % 400, number % 100),
            "documentOn": on.to_string() })
    };
    let input = json!({ "entries": (0..120).map(line).collect::<Vec<_>>() });
    let made = shop
        .done(
            "accountOpeningAdd",
            "entries { id amount { amount } }",
            input,
        )
        .await;
    let entries = made["entries"].as_array().unwrap();
    let credits = entries
        .iter()
        .filter(|entry| decimal(&entry["amount"]["amount"]).is_sign_negative());
    for credit in credits.step_by(2) {
        let input = json!({ "creditEntryId": credit["id"] });
        shop.mutate("accountAllocate", "entry { id }", input).await;
    }
    for entry in entries.iter().take(3) {
        let input = json!({ "entryId": entry["id"], "reason": "r" });
        shop.mutate("accountEntryReverse", "entry { id }", input)
            .await;
    }
    let mut seen = 0;
    for back in [0, 1, 30, 95] {
        let at = today.checked_sub_days(Days::new(back)).unwrap();
        let wanted = recomputed(&shop, at).await;
        seen += wanted.len();
        assert_eq!(told(&shop, at).await, wanted, "{at}");
    }
    let later = today.checked_add_days(Days::new(400)).unwrap();
    assert_eq!(told(&shop, later).await, recomputed(&shop, later).await);
    assert!(seen > 20, "{seen}");
}

#[tokio::test]
async fn the_demo_shows_something_of_each_age() {
    let server = crate::support::Server::start().await;
    for demo in tubex::demo::data::DEALERS {
        let dealer = server.dealer_like(demo).await;
        let at = chrono::Utc::now().date_naive().to_string();
        let data = dealer.client.run(AGEING, json!({ "at": at })).await;
        let nodes = data["receivablesAgeing"]["nodes"].as_array().unwrap();
        for name in NAMES {
            let some = nodes
                .iter()
                .any(|node| !decimal(&node["buckets"][name]["amount"]).is_zero());
            assert!(some, "{} has nothing {name}", demo.name);
        }
    }
}
