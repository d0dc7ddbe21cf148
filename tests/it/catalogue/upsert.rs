//! productBulkUpsert: many at once, each row for itself, few statements.

use serde_json::{Value, json};

use super::{only_error, shop};
use crate::support::{Answer, Client, Server};

const UPSERT: &str =
    "mutation($input: ProductBulkUpsertInput!) { productBulkUpsert(input: $input) {
    results { sku outcome product { id sku name kind version listPrice { amount } description
                category { code } units { unit { code } num barcodes } }
              errors { code path } }
    userErrors { code path } } }";

async fn upsert(client: &Client, rows: Value) -> Value {
    sent(client, json!({ "rows": rows })).await.body["data"]["productBulkUpsert"].clone()
}

async fn sent(client: &Client, input: Value) -> Answer {
    let answer = client.send(UPSERT, json!({ "input": input })).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    answer
}

fn outcomes(payload: &Value) -> Vec<&str> {
    let results = payload["results"].as_array().unwrap();
    results
        .iter()
        .map(|row| row["outcome"].as_str().unwrap())
        .collect()
}

fn new(sku: &str) -> Value {
    json!({ "sku": sku, "name": format!("Goods {sku}"), "baseUnit": "bag", "listPrice": "2" })
}

#[tokio::test]
async fn products_are_added_changed_and_left_alone() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let pallet = client.get("{ unit(code: \"pallet\") { id } }").await["unit"]["id"].clone();
    let mut first = new("UP-1");
    first["units"] = json!([{ "unitId": pallet, "num": 40, "barcodes": ["UP1"] }]);
    first["category"] = json!("CEMENT");
    let category = client.get("{ categories { nodes { code } } }").await;
    first["category"] = category["categories"]["nodes"][0]["code"].clone();
    let rows =
        json!([first, new("UP-2"), { "sku": "SND-RIV", "listPrice": "77", "description": null }]);
    let payload = upsert(client, rows).await;
    assert_eq!(
        outcomes(&payload),
        ["CREATED", "CREATED", "UPDATED"],
        "{payload:#}"
    );
    let told = &payload["results"];
    assert_eq!(told[0]["product"]["units"][1]["barcodes"], json!(["UP1"]));
    assert_eq!(told[0]["product"]["category"]["code"], first["category"]);
    let price = told[2]["product"]["listPrice"]["amount"].as_str().unwrap();
    assert_eq!(crate::stock::decimal(price), "77");
    assert_eq!(told[2]["product"]["description"], Value::Null);
    assert_eq!(told[2]["product"]["version"], 2);
    let rows =
        json!([new("UP-1"), { "sku": "UP-2", "name": "Other", "kind": "SERVICE", "units": [] }]);
    let payload = upsert(client, rows).await;
    assert_eq!(outcomes(&payload), ["UNCHANGED", "UPDATED"], "{payload:#}");
    assert_eq!(payload["results"][1]["product"]["kind"], "SERVICE");
    // What is new is found at once.
    let find = "{ productSearch(query: \"othr\") { nodes { product { sku } } } }";
    let found = client.get(find).await;
    assert_eq!(found["productSearch"]["nodes"][0]["product"]["sku"], "UP-2");
    let told = crate::stock::told(&dealer, "product").await;
    let tail = &told[told.len() - 4..];
    let mut tail: Vec<_> = tail.iter().map(String::as_str).collect();
    tail.sort_unstable();
    assert_eq!(
        tail,
        [
            "product.created",
            "product.created",
            "product.updated",
            "product.updated"
        ]
    );
}

#[tokio::test]
async fn wrong_rows_are_told_one_by_one_and_the_others_taken() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let barcode = client
        .get("{ product(sku: \"CEM-OPC-25\") { units { barcode unit { id } } } }")
        .await;
    let units = barcode["product"]["units"].as_array().unwrap();
    let taken = units
        .iter()
        .find_map(|unit| unit["barcode"].as_str())
        .unwrap();
    // The first is the base unit.
    let unit = &units[1]["unit"]["id"];
    let nowhere = format!("unt_{}", "0".repeat(32));
    let mut rows = vec![
        (json!({ "sku": "a b" }), "BAD_USER_INPUT", "sku"),
        (
            json!({ "sku": "UP-1", "name": "N", "baseUnit": "bag" }),
            "BAD_USER_INPUT",
            "listPrice",
        ),
        (
            json!({ "sku": "SND-RIV", "listPrice": "-1" }),
            "BAD_USER_INPUT",
            "listPrice",
        ),
        (
            json!({ "sku": "SND-PLS", "category": "NONE" }),
            "NOT_FOUND",
            "category",
        ),
        (
            json!({ "sku": "AGG-1020", "baseUnit": "bag" }),
            "NOT_ALLOWED",
            "baseUnit",
        ),
        (
            json!({ "sku": "CEM-OPC-25", "kind": "SERVICE" }),
            "NOT_ALLOWED",
            "kind",
        ),
        (
            json!({ "sku": "SND-RIV", "name": "again" }),
            "BAD_USER_INPUT",
            "sku",
        ),
    ];
    let mut bad = new("UP-3");
    bad["units"] = json!([{ "unitId": nowhere, "num": 40 }]);
    rows.push((bad, "NOT_FOUND", "units"));
    let mut bad = new("UP-4");
    bad["units"] = json!([{ "unitId": unit, "num": 40, "barcode": taken }]);
    rows.push((bad, "ALREADY_EXISTS", "units"));
    let mut bad = new("UP-5");
    bad["baseUnit"] = json!("none");
    rows.push((bad, "NOT_FOUND", "baseUnit"));
    let mut sent: Vec<Value> = rows.iter().map(|row| row.0.clone()).collect();
    sent.push(new("UP-6"));
    let payload = upsert(client, json!(sent)).await;
    let results = payload["results"].as_array().unwrap();
    for (index, (row, code, field)) in rows.iter().enumerate() {
        let result = &results[index];
        assert_eq!(result["outcome"], "REFUSED", "{row} {result:#}");
        let errors = result["errors"].as_array().unwrap();
        let place = index.to_string();
        let hit = errors
            .iter()
            .find(|error| error["path"][2] == *place && error["path"][3] == *field);
        assert_eq!(
            hit.unwrap_or_else(|| panic!("{result:#}"))["code"],
            *code,
            "{row}"
        );
        assert_eq!(result["product"], Value::Null);
    }
    assert_eq!(results.last().unwrap()["outcome"], "CREATED");
    let data = client
        .get("{ product(sku: \"SND-RIV\") { version } }")
        .await;
    assert_eq!(data["product"]["version"], 1);
}

#[tokio::test]
async fn statements_do_not_grow_with_rows() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let unit = dealer.client.get("{ unit(code: \"pallet\") { id } }").await["unit"]["id"].clone();
    let rows = |range: std::ops::Range<usize>| -> Value {
        let row = |number: usize| {
            let mut row = new(&format!("R-{number}"));
            row["units"] =
                json!([{ "unitId": unit, "num": 10, "barcodes": [format!("B{number}")] }]);
            row
        };
        range.map(row).collect()
    };
    let plain = UPSERT.replace("category { code } units { unit { code } num barcodes }", "");
    let cost = async |range| {
        let input = json!({ "input": { "rows": rows(range) } });
        let answer = dealer.client.send(&plain, input).await;
        let payload = &answer.body["data"]["productBulkUpsert"];
        assert_eq!(payload["userErrors"], json!([]), "{:#}", answer.body);
        let results = payload["results"].as_array().unwrap();
        assert!(
            results.iter().all(|row| row["outcome"] == "CREATED"),
            "{:#}",
            answer.body
        );
        answer.statements()
    };
    let (few, many) = (cost(0..2).await, cost(2..502).await);
    assert_eq!(few, many);
    assert!(many < 15, "{many}");
    let again = dealer
        .client
        .send(&plain, json!({ "input": { "rows": rows(2..502) } }))
        .await;
    let results = again.body["data"]["productBulkUpsert"]["results"]
        .as_array()
        .unwrap();
    assert!(results.iter().all(|row| row["outcome"] == "UPDATED"));
    for wrong in [json!([]), rows(0..501)] {
        let payload = upsert(&dealer.client, wrong).await;
        assert_eq!(only_error(&payload).1, ["input", "rows"]);
        assert_eq!(payload["results"], Value::Null);
    }
}

#[tokio::test]
async fn a_key_does_it_once_and_two_at_once_make_one_product() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = &dealer.client;
    let input = json!({ "rows": [new("K-1")], "idempotencyKey": "k" });
    let first = sent(client, input.clone()).await.body;
    assert_eq!(sent(client, input).await.body["data"], first["data"]);
    let other = server.client_of(&dealer);
    for round in 0..5 {
        let rows = || json!([new(&format!("A-{round}")), new(&format!("B-{round}"))]);
        let (one, two) = tokio::join!(upsert(client, rows()), upsert(&other, rows()));
        let created = outcomes(&one).into_iter().chain(outcomes(&two));
        assert_eq!(
            created.filter(|outcome| *outcome == "CREATED").count(),
            2,
            "{one:#} {two:#}"
        );
    }
    let count = client.get("{ products { totalCount } }").await;
    assert_eq!(count["products"]["totalCount"], 11);
}
