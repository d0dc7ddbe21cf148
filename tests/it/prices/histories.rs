//! What prices were.

use serde_json::json;

use super::{list, product, rule, shop};
use crate::catalogue::mutate;

#[tokio::test]
async fn a_products_prices_are_remembered_whatever_else_changed() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let timber = product(client, "LBR-2X4-8").await;
    let changes = [
        json!({ "listPrice": "5.25" }),
        json!({ "name": "Stud" }),
        json!({ "listPrice": "6" }),
        json!({ "description": "Dry." }),
    ];
    for (version, change) in (1..).zip(changes) {
        let mut input = change;
        input["id"] = timber["id"].clone();
        input["expectedVersion"] = json!(version);
        mutate(client, "productUpdate", "product { id }", input).await;
    }
    let query = "query($id: ID, $first: Int!) { product(id: $id) { priceHistory(first: $first) { at old new actor } } }";
    let data = client
        .run(query, json!({ "id": timber["id"], "first": 2 }))
        .await;
    let history = data["product"]["priceHistory"].as_array().unwrap();
    let steps: Vec<_> = history
        .iter()
        .map(|change| (&change["old"], &change["new"]))
        .collect();
    assert_eq!(
        steps,
        [
            (&json!("5.25"), &json!("6")),
            (&json!("4.48"), &json!("5.25"))
        ]
    );
    assert_eq!(history[0]["actor"], dealer.owner.to_string());
    let data = client
        .run(query, json!({ "id": timber["id"], "first": 100 }))
        .await;
    let history = data["product"]["priceHistory"].as_array().unwrap();
    assert_eq!(history.len(), 3);
    assert!(history[2]["old"].is_null());
    let answer = client
        .send(query, json!({ "id": timber["id"], "first": 101 }))
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_rules_values_are_remembered_at_one_statement_for_all() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let list = list(client, "A", json!({})).await;
    for sku in ["LBR-2X4-8", "LBR-2X6-12", "CEM-OPC-25"] {
        let product = product(client, sku).await;
        for value in ["4", "5"] {
            let input = json!({ "priceListId": list["id"], "productId": product["id"],
                "method": "FIXED", "value": value, "validFrom": "2026-01-01" });
            rule(client, input).await;
        }
    }
    let query = "{ priceRules { nodes { priceHistory { old new } } } }";
    let answer = client.send(query, json!({})).await;
    let nodes = answer.body["data"]["priceRules"]["nodes"]
        .as_array()
        .unwrap();
    assert_eq!(nodes.len(), 3);
    let wanted = json!([{ "old": "4", "new": "5" }, { "old": null, "new": "4" }]);
    assert!(
        nodes.iter().all(|node| node["priceHistory"] == wanted),
        "{nodes:#?}"
    );
    assert_eq!(answer.statements(), 2);
}
