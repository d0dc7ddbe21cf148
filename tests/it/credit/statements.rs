//! Statements: balances line by line, on whatever page.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Shop, decimal};

const LINES: &str = "query($id: ID!, $job: ID, $from: NaiveDate!, $to: NaiveDate!, $first: Int, $after: String, $last: Int, $before: String) {
    customerStatement(customerId: $id, jobId: $job, from: $from, to: $to) {
        openingBalance { amount } closingBalance { amount }
        lines(first: $first, after: $after, last: $last, before: $before) {
            totalCount nodes { entry { id documentOn amount { amount } } balance { amount } }
            pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }";

async fn filled(shop: &Shop) -> (String, String) {
    let customer = shop.customer("HOLT", "1000").await;
    let job = shop.job(&customer, "LOT").await;
    let line = |number: i64| {
        let amount = Decimal::new((number * 7919) % 20_000 - 8_001, 2);
        json!({ "customerId": customer, "jobId": (number % 3 == 0).then_some(&job),
            "amount": amount.to_string(), "documentOn": format!("2026-0{}-{:02}", 1 + number % 3, 1 + number % 9) })
    };
    let input = json!({ "entries": (0..60).map(line).collect::<Vec<_>>() });
    shop.done("accountOpeningAdd", "entries { id }", input)
        .await;
    (customer, job)
}

fn check(statement: &Value, lines: &[Value]) {
    let mut balance = decimal(&statement["openingBalance"]["amount"]);
    for line in lines {
        balance += decimal(&line["entry"]["amount"]["amount"]);
        assert_eq!(decimal(&line["balance"]["amount"]), balance, "{line}");
    }
    assert_eq!(balance, decimal(&statement["closingBalance"]["amount"]));
}

#[tokio::test]
async fn balances_hold_on_every_page_and_either_way() {
    let shop = Shop::open().await;
    let (customer, job) = filled(&shop).await;
    for (job, from, to) in [
        (None, "2026-01-01", "2026-12-31"),
        (None, "2026-02-01", "2026-02-28"),
        (Some(&job), "2026-01-02", "2026-03-03"),
    ] {
        let mut lines = Vec::new();
        let mut variables =
            json!({ "id": customer, "job": job, "from": from, "to": to, "first": 7 });
        let whole = loop {
            let answer = shop.dealer.client.send(LINES, variables.clone()).await;
            // The customer, a job if one is named; balances; a page, and what was before; the count.
            assert_eq!(
                answer.statements(),
                5 + u64::from(job.is_some()),
                "{:#}",
                answer.body
            );
            let statement = answer.body["data"]["customerStatement"].clone();
            lines.extend(statement["lines"]["nodes"].as_array().unwrap().clone());
            let page = &statement["lines"]["pageInfo"];
            if page["hasNextPage"] == json!(false) {
                break statement;
            }
            variables["after"] = page["endCursor"].clone();
        };
        assert_eq!(whole["lines"]["totalCount"], lines.len());
        assert!(lines.len() > 7);
        check(&whole, &lines);
        let back = json!({ "id": customer, "job": job, "from": from, "to": to, "last": 5 });
        let back = shop.get(LINES, back).await;
        let nodes = back["customerStatement"]["lines"]["nodes"]
            .as_array()
            .unwrap()
            .clone();
        assert_eq!(nodes, lines[lines.len() - 5..]);
    }
}

#[tokio::test]
async fn days_and_pages_are_bounded_and_strangers_have_no_statement() {
    let shop = Shop::open().await;
    let (customer, _) = filled(&shop).await;
    let other = shop.customer("B", "0").await;
    let foreign = shop.job(&other, "LOT").await;
    for (id, job) in [
        (customer.clone(), Some(foreign)),
        (format!("cus_{}", "0".repeat(32)), None),
    ] {
        let variables = json!({ "id": id, "job": job, "from": "2026-01-01", "to": "2026-12-31" });
        assert_eq!(
            shop.get(LINES, variables).await["customerStatement"],
            Value::Null
        );
    }
    for (from, to, first) in [
        ("2026-02-01", "2026-01-01", 5),
        ("-262143-01-01", "2026-01-01", 5),
        ("2026-01-01", "+262142-12-31", 5),
        ("2026-01-01", "2026-12-31", 201),
    ] {
        let variables = json!({ "id": customer, "from": from, "to": to, "first": first });
        let answer = shop.dealer.client.send(LINES, variables).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{:#}", answer.body);
    }
}
