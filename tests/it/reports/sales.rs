//! Sales reports: the same sums whichever way they are parted, and those of the lines.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Shop, differences};
use crate::support::owner;

const SUMMARY: &str = "query($by: SalesBy!, $from: NaiveDate!, $to: NaiveDate!, $first: Int, $after: String) {
    salesSummary(by: $by, from: $from, to: $to) {
        total { net { amount } cost { amount } margin { amount } marginPercent lines }
        before { net { amount } lines }
        rows(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes {
            startsOn endsOn product { sku } category { code } customer { code } job { code } salespersonId
            quantity { value } figures { net { amount } cost { amount } lines } before { net { amount } } } } } }";

/// From the first day of any history to the last.
fn all(by: &str) -> Value {
    json!({ "by": by, "from": "2020-01-01", "to": "2029-12-01", "first": 200 })
}

fn sum(rows: &Value, field: &str) -> Decimal {
    let amounts = rows.as_array().unwrap().iter();
    let amounts = amounts.map(|row| row["figures"][field]["amount"].as_str().unwrap());
    amounts.map(|text| text.parse::<Decimal>().unwrap()).sum()
}

fn amount(money: &Value) -> Decimal {
    money["amount"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn all_parts_add_up_to_the_lines_to_the_cent() {
    let shop = Shop::open().await;
    let net = shop
        .number("SELECT sum(net) FROM @invoice_lines WHERE is_posted")
        .await;
    let cost = shop
        .number("SELECT sum(cost) FROM @invoice_lines WHERE is_posted")
        .await;
    let (net, cost): (Decimal, Decimal) = (net.parse().unwrap(), cost.parse().unwrap());
    assert!(net > cost && cost > Decimal::ZERO);
    for by in [
        "DAY",
        "WEEK",
        "MONTH",
        "PRODUCT",
        "CATEGORY",
        "CUSTOMER",
        "JOB",
        "SALESPERSON",
    ] {
        let data = shop.dealer.client.run(SUMMARY, all(by)).await;
        let summary = &data["salesSummary"];
        let rows = &summary["rows"]["nodes"];
        assert_eq!(amount(&summary["total"]["net"]), net, "{by}");
        assert_eq!(amount(&summary["total"]["margin"]), net - cost, "{by}");
        assert_eq!((sum(rows, "net"), sum(rows, "cost")), (net, cost), "{by}");
        let count = rows.as_array().unwrap().len();
        assert_eq!(summary["rows"]["totalCount"], json!(count), "{by}");
        let lines = rows.as_array().unwrap().iter();
        let lines: i64 = lines
            .map(|row| row["figures"]["lines"].as_i64().unwrap())
            .sum();
        assert_eq!(summary["total"]["lines"], json!(lines), "{by}");
    }
}

#[tokio::test]
async fn weeks_begin_on_monday_and_months_on_the_first() {
    let shop = Shop::open().await;
    for (by, days) in [("WEEK", 6), ("MONTH", 27)] {
        let data = shop.dealer.client.run(SUMMARY, all(by)).await;
        for row in data["salesSummary"]["rows"]["nodes"].as_array().unwrap() {
            let day = |field: &str| row[field].as_str().unwrap().parse::<NaiveDate>().unwrap();
            let (first, last) = (day("startsOn"), day("endsOn"));
            assert!((last - first).num_days() >= days);
            match by {
                "WEEK" => assert_eq!(first.weekday(), Weekday::Mon),
                _ => assert_eq!(first.day(), 1),
            }
            assert_eq!(row["before"], Value::Null);
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_a_level_costs_a_statement() {
    let shop = Shop::open().await;
    for by in ["PRODUCT", "DAY"] {
        let (mut seen, mut after, mut last) = (BTreeSet::new(), Value::Null, None);
        loop {
            let mut asked = all(by);
            (asked["first"], asked["after"]) = (json!(5), after);
            let data = shop.dealer.client.run(SUMMARY, asked).await;
            let rows = &data["salesSummary"]["rows"];
            for row in rows["nodes"].as_array().unwrap() {
                let key = row["product"]["sku"].as_str().or(row["startsOn"].as_str());
                assert!(seen.insert(key.unwrap().to_owned()), "{row:#}");
                let net = amount(&row["figures"]["net"]);
                assert!(by == "DAY" || last.is_none_or(|last| net <= last));
                last = Some(net);
            }
            after = rows["pageInfo"]["endCursor"].clone();
            if rows["pageInfo"]["hasNextPage"] == json!(false) {
                assert_eq!(rows["totalCount"], json!(seen.len()));
                break;
            }
        }
        assert!(seen.len() > 10, "{by}");
    }
    let query = "{ salesSummary(by: CUSTOMER, from: \"2020-01-01\", to: \"2029-12-01\") {
        total { net { amount } } rows { nodes { customer { name } figures { net { amount } } } } } }";
    let answer = shop.dealer.client.send(query, json!({})).await;
    // What has happened, since all of it is known by now; the parts; their customers.
    assert_eq!(answer.statements(), 3);
    let query = "{ topProducts(from: \"2020-01-01\", to: \"2029-12-01\", by: QUANTITY, first: 3) {
        product { sku } quantity { value unit { code } } } }";
    let answer = shop.dealer.client.send(query, json!({})).await;
    // What has happened; the parts; products; units.
    assert_eq!(answer.statements(), 4, "{:#}", answer.body);
    assert_eq!(
        answer.body["data"]["topProducts"].as_array().unwrap().len(),
        3
    );
    let query = "{ marginByCustomer(from: \"2020-01-01\", to: \"2029-12-01\") { rows { nodes {
        customer { code } figures { margin { amount } } } } } }";
    let data = shop.dealer.client.get(query).await;
    let rows = data["marginByCustomer"]["rows"]["nodes"]
        .as_array()
        .unwrap()
        .clone();
    let margins: Vec<_> = rows
        .iter()
        .map(|row| amount(&row["figures"]["margin"]))
        .collect();
    assert!(margins.is_sorted_by(|a, b| a >= b) && margins.len() > 3);
}

#[tokio::test]
async fn the_days_before_are_compared() {
    let shop = Shop::open().await;
    let last = shop.number("SELECT max(day) FROM @sales_by_day").await;
    let last: NaiveDate = last.parse().unwrap();
    let from = last - chrono::Days::new(13);
    let data = shop
        .dealer
        .client
        .run(
            SUMMARY,
            json!({ "by": "CUSTOMER", "from": from, "to": last }),
        )
        .await;
    let of = |first: NaiveDate, last: NaiveDate| {
        format!(
            "SELECT coalesce(sum(net), 0) FROM @sales_by_day WHERE day BETWEEN '{first}' AND '{last}'"
        )
    };
    let summary = &data["salesSummary"];
    let now = shop.number(&of(from, last)).await;
    assert_eq!(amount(&summary["total"]["net"]), now.parse().unwrap());
    let before = from - chrono::Days::new(14);
    let before = shop.number(&of(before, from - chrono::Days::new(1))).await;
    assert_eq!(amount(&summary["before"]["net"]), before.parse().unwrap());
    let client = &shop.dealer.client;
    for (from, to) in [("2026-01-02", "2026-01-01"), ("2000-01-01", "2026-01-01")] {
        let asked = json!({ "by": "DAY", "from": from, "to": to });
        assert_eq!(client.send(SUMMARY, asked).await.code(), "BAD_USER_INPUT");
    }
    let foreign = json!({ "by": "DAY", "from": "2026-01-01", "to": "2026-01-02", "after": "W10" });
    assert_eq!(client.send(SUMMARY, foreign).await.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_sum_that_is_not_that_of_the_lines_is_told() {
    let shop = Shop::open().await;
    let schema = &shop.dealer.schema;
    let day = shop.number("SELECT max(day) FROM @sales_by_day").await;
    let sql = format!(
        "UPDATE {schema}.sales_by_day SET net = net + 0.01 WHERE day = '{day}';
         DELETE FROM {schema}.sales_by_product WHERE (day, product_id) =
             (SELECT day, product_id FROM {schema}.sales_by_product WHERE day = '{day}' LIMIT 1);
         UPDATE {schema}.sales_by_buyer SET lines = lines + 1 WHERE (day, customer_id, job_id) =
             (SELECT day, customer_id, job_id FROM {schema}.sales_by_buyer WHERE day = '{day}' LIMIT 1)"
    );
    owner().await.batch_execute(&sql).await.unwrap();
    let found = differences(&shop.dealer).await;
    let found = found["salesReconcile"].as_array().unwrap().clone();
    let kept: Vec<_> = found
        .iter()
        .map(|row| (&row["kept"], &row["sums"]))
        .collect();
    let one = json!(1);
    assert_eq!(
        kept,
        [
            (&json!("BUYER"), &one),
            (&json!("DAY"), &one),
            (&json!("PRODUCT"), &one)
        ]
    );
    let (net, lines) = (&found[1]["net"], &found[1]["netOfLines"]);
    assert_eq!(amount(net) - amount(lines), Decimal::new(1, 2));
}
