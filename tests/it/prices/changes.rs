//! Changing many list prices at once.

use serde_json::{Value, json};

use super::{product, refused, shop};
use crate::catalogue::mutate;
use crate::support::Client;

const PREVIEW: &str = "query($change: PriceChangeInput!, $first: Int!, $after: ID) {
    priceChangePreview(change: $change) { token totalCount
        lines(first: $first, after: $after) { product { id sku } old new } } }";

async fn preview(client: &Client, change: &Value) -> Value {
    let variables = json!({ "change": change, "first": 200 });
    client.run(PREVIEW, variables).await["priceChangePreview"].clone()
}

fn input(change: &Value, preview: &Value, key: &str) -> Value {
    json!({ "change": change, "token": preview["token"], "idempotencyKey": key })
}

#[tokio::test]
async fn a_change_is_made_as_it_was_shown() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let category = product(client, "LBR-2X4-8").await["category"]["id"].clone();
    let change = json!({ "where": { "categoryId": { "eq": category } }, "percent": "7.5", "roundTo": "0.05" });
    let shown = preview(client, &change).await;
    let lines = shown["lines"].as_array().unwrap().clone();
    assert!(lines.len() > 2 && shown["totalCount"] == lines.len());
    let stud = lines
        .iter()
        .find(|line| line["product"]["sku"] == "LBR-2X4-8")
        .unwrap();
    assert_eq!(
        (&stud["old"], &stud["new"]),
        (&json!("4.48"), &json!("4.8"))
    );
    // By pages, the same.
    let mut paged = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "change": change, "first": 2, "after": after });
        let page = client.run(PREVIEW, variables).await["priceChangePreview"]["lines"].clone();
        let Some(last) = page.as_array().unwrap().last() else {
            break;
        };
        after = last["product"]["id"].clone();
        paged.extend(page.as_array().unwrap().clone());
    }
    assert_eq!(paged, lines);
    // Nothing has happened yet.
    assert_eq!(stud_price(client).await, "4.4800");
    let query = "mutation($input: PriceChangeApplyInput!) { priceChangeApply(input: $input) {
        applied { changed } userErrors { code path } } }";
    let variables = json!({ "input": input(&change, &shown, "first") });
    let answer = client.send(query, variables.clone()).await;
    let payload = answer.body["data"]["priceChangeApply"].clone();
    assert_eq!(
        payload,
        json!({ "applied": { "changed": lines.len() }, "userErrors": [] })
    );
    // The key claimed and the answer kept; which, locked, changed and as they are now; the
    // counter of events and the events.
    assert_eq!(answer.statements(), 8);
    for line in &lines {
        let sku = line["product"]["sku"].as_str().unwrap();
        let now = product(client, sku).await;
        let price: rust_decimal::Decimal = now["listPrice"]["amount"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(price.normalize().to_string(), line["new"].as_str().unwrap());
        assert_eq!(now["version"], 2);
    }
    // Sent again, it is answered and not made again.
    assert_eq!(
        client.run(query, variables).await["priceChangeApply"],
        payload
    );
    assert_eq!(product(client, "LBR-2X4-8").await["version"], 2);
}

async fn stud_price(client: &Client) -> Value {
    product(client, "LBR-2X4-8").await["listPrice"]["amount"].clone()
}

#[tokio::test]
async fn what_has_changed_since_is_not_overwritten() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let change = json!({ "amount": "1" });
    let shown = preview(client, &change).await;
    let stud = product(client, "LBR-2X4-8").await;
    let other = json!({ "amount": "2" });
    let conflict = ("CONFLICT".to_owned(), "token".to_owned());
    assert_eq!(
        refused(client, "priceChangeApply", input(&other, &shown, "a")).await,
        conflict
    );
    let update = json!({ "id": stud["id"], "expectedVersion": 1, "listPrice": "9" });
    mutate(client, "productUpdate", "product { id }", update).await;
    assert_eq!(
        refused(client, "priceChangeApply", input(&change, &shown, "b")).await,
        conflict
    );
    assert_eq!(product(client, "SND-RIV").await["version"], 1);
    let shown = preview(client, &change).await;
    dealer.add_product("NEWCOMER").await;
    assert_eq!(
        refused(client, "priceChangeApply", input(&change, &shown, "c")).await,
        conflict
    );
}

#[tokio::test]
async fn of_two_who_apply_at_once_one_is_told_to_look_again() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let change = json!({ "percent": "10" });
    let shown = preview(client, &change).await;
    let tries = (0..8).map(|number| {
        let input = input(&change, &shown, &format!("try {number}"));
        mutate(client, "priceChangeApply", "applied { changed }", input)
    });
    let done = futures_util::future::join_all(tries).await;
    let won = done
        .iter()
        .filter(|payload| payload["applied"].is_object())
        .count();
    assert_eq!(won, 1, "{done:#?}");
    assert_eq!(
        product(client, "LBR-2X4-8").await["listPrice"]["amount"],
        "4.9280"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_said() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    for (change, field) in [
        (json!({}), "percent"),
        (json!({ "percent": "1", "amount": "1" }), "percent"),
        (json!({ "percent": "1.23456" }), "percent"),
        (json!({ "percent": "1", "roundTo": "0" }), "roundTo"),
        (json!({ "percent": "1", "roundTo": "0.00001" }), "roundTo"),
        (json!({ "amount": "-1000000000" }), "change"),
    ] {
        let variables = json!({ "change": change, "first": 1 });
        let answer = client.send(PREVIEW, variables).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{change}");
        let preview = json!({ "token": "none" });
        let (code, named) =
            refused(client, "priceChangeApply", input(&change, &preview, "k")).await;
        // What only the prices tell comes behind the token.
        let wanted = if field == "change" {
            ("CONFLICT", "token")
        } else {
            ("BAD_USER_INPUT", field)
        };
        assert_eq!((code.as_str(), named.as_str()), wanted, "{change}");
    }
}
