//! What became of an order, and of its lines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Counter, line};
use crate::stock::key;

const HISTORY: &str = "query($id: ID, $first: Int!) { order(id: $id) { history(first: $first) {
    id at action entity entityId changes { field old new } } } }";

async fn history(counter: &Counter, order: &Value, first: i32) -> Vec<Value> {
    let keys = json!({ "id": order["id"], "first": first });
    let data = counter.client().run(HISTORY, keys).await;
    data["order"]["history"].as_array().unwrap().clone()
}

#[tokio::test]
async fn lines_are_told_with_their_order_the_latest_first() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "100").await,
        counter.stocked("SND", "100").await,
    );
    let lines = json!([line(&cement, "5"), line(&sand, "6")]);
    let order = counter.confirmed(lines).await;
    let first = &order["lines"][0]["id"];
    let amend = json!({ "id": order["id"], "expectedVersion": order["version"], "idempotencyKey": key(),
        "quantities": [{ "lineId": first, "quantity": { "value": "4" } }] });
    let order = counter.done("orderAmend", amend).await;
    let all = history(&counter, &order, 100).await;
    let of = |entity: &str, id: &Value| (entity.to_owned(), id.as_str().unwrap().to_owned());
    let told: BTreeSet<_> = all
        .iter()
        .map(|row| of(row["entity"].as_str().unwrap(), &row["entityId"]))
        .collect();
    let expected = [
        of("order_lines", first),
        of("order_lines", &order["lines"][1]["id"]),
        of("orders", &order["id"]),
    ];
    assert_eq!(told, expected.into());
    let is_amended = |row: &&Value| {
        let changes = row["changes"].as_array().unwrap();
        row["entityId"] == *first && changes.iter().any(|change| change["field"] == "quantity")
    };
    let amended = all.iter().find(is_amended).unwrap();
    assert_eq!(amended["action"], "UPDATE");
    // In the order of what was done, however many are asked for.
    let ids: Vec<&str> = all.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let number = |id: &&str| id.trim_start_matches("aud_").parse::<i64>().unwrap();
    assert!(
        ids.iter()
            .map(number)
            .is_sorted_by(|one, other| one > other)
    );
    assert_eq!(history(&counter, &order, 2).await, all[..2]);
}

#[tokio::test]
async fn histories_of_a_list_cost_the_same_however_long_it_is() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "100").await;
    let query = "{ orders { nodes { id history { id } } } }";
    let mut costs = BTreeSet::new();
    for _ in 0..3 {
        let lines = json!([line(&cement, "1"), line(&cement, "2")]);
        counter.draft(lines).await;
        costs.insert(counter.client().send(query, json!({})).await.statements());
    }
    // Orders; their lines; the log.
    assert_eq!(costs, BTreeSet::from([3]));
}
