//! Orders and the customer's credit.

use serde_json::json;

use super::{Counter, customer, details, line, number, refused, step};

async fn limited(limit: &str) -> Counter {
    let mut counter = Counter::open().await;
    counter.customer = customer(counter.client(), "SMALL", limit).await;
    counter
}

#[tokio::test]
async fn an_order_beyond_the_limit_takes_an_override() {
    let counter = limited("100").await;
    let cement = counter.stocked("CEM", "100").await;
    // 9.50 each.
    let first = counter.confirmed(json!([line(&cement, "8")])).await;
    assert_eq!(counter.committed().await, ["76", "0"]);
    let draft = counter.draft(json!([line(&cement, "4")])).await;
    let payload = counter.step("orderConfirm", &draft).await;
    assert_eq!(refused(&payload), ("CREDIT_REFUSED", "input.id".into()));
    let told = details(&payload["userErrors"][0]);
    let told = ["limit", "exposure", "by", "limitOf"].map(|name| told[name].as_str());
    assert_eq!(told, ["100", "76", "14", "CUSTOMER"]);
    assert_eq!(counter.yard.level(&cement).await[1], "8");
    let grant = "mutation($input: CreditOverrideGrantInput!) { creditOverrideGrant(input: $input) { userErrors { code path } } }";
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let input = json!({ "customerId": counter.customer, "amount": "38", "reason": "the chief says so",
        "until": until, "idempotencyKey": crate::stock::key() });
    let data = counter.client().run(grant, json!({ "input": input })).await;
    assert_eq!(data["creditOverrideGrant"]["userErrors"], json!([]));
    counter.done("orderConfirm", step(&draft)).await;
    assert_eq!(counter.committed().await, ["114", "0"]);
    // It is used up, and what is given up makes room.
    let third = counter.draft(json!([line(&cement, "1")])).await;
    let payload = counter.step("orderConfirm", &third).await;
    assert_eq!(refused(&payload).0, "CREDIT_REFUSED");
    counter.done("orderCancel", step(&first)).await;
    assert_eq!(counter.committed().await, ["38", "0"]);
    counter.done("orderConfirm", step(&third)).await;
}

#[tokio::test]
async fn an_amendment_is_looked_at_for_what_it_comes_to_more() {
    let counter = limited("100").await;
    let cement = counter.stocked("CEM", "100").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let amend = |order: &serde_json::Value, value: &str| {
        json!({ "id": order["id"], "expectedVersion": order["version"], "idempotencyKey": crate::stock::key(),
            "quantities": [{ "lineId": order["lines"][0]["id"], "quantity": { "value": value } }] })
    };
    let order = counter.done("orderAmend", amend(&order, "10")).await;
    assert_eq!(number(&order, "/totals/gross/amount"), "95");
    let payload = counter.mutate("orderAmend", amend(&order, "11")).await;
    assert_eq!(refused(&payload), ("CREDIT_REFUSED", "input.id".into()));
    assert_eq!(counter.yard.level(&cement).await[1], "10");
    counter.done("orderAmend", amend(&order, "2")).await;
    assert_eq!(counter.committed().await, ["19", "0"]);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn a_customer_on_hold_confirms_nothing() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let hold = "mutation($input: CustomerHoldSetInput!) { customerHoldSet(input: $input) { userErrors { code } } }";
    let input = json!({ "id": counter.customer, "expectedVersion": 2, "reason": "owes too much" });
    counter.client().run(hold, json!({ "input": input })).await;
    let draft = counter.draft(json!([line(&cement, "1")])).await;
    let payload = counter.step("orderConfirm", &draft).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    let message = payload["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("owes too much"), "{message}");
}

#[tokio::test]
async fn each_amount_is_in_one_bucket() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "10")])).await;
    assert_eq!(counter.committed().await, ["95", "0"]);
    let set =
        |line: &mut tubex::dealer::orders::model::OrderLineRow, delivered: i64, invoiced: i64| {
            line.delivered = delivered.into();
            line.invoiced = invoiced.into();
        };
    counter.progress(&order, |line| set(line, 4, 0)).await;
    assert_eq!(counter.committed().await, ["57", "38"]);
    counter.progress(&order, |line| set(line, 4, 3)).await;
    assert_eq!(counter.committed().await, ["57", "9.5"]);
    // Invoiced before it is delivered.
    counter.progress(&order, |line| set(line, 4, 6)).await;
    assert_eq!(counter.committed().await, ["38", "0"]);
    counter.progress(&order, |line| set(line, 10, 10)).await;
    assert_eq!(counter.committed().await, ["0", "0"]);
}
