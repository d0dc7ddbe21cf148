//! What may not be null and failed takes with it what it belongs to, as the specification says.

use serde_json::json;

use crate::support::Server;

/// Fails with a quantity that is none, and may not be null.
const CONVERT: &str = "convert(quantity: { value: \"-1\" }) { value }";

#[tokio::test]
async fn a_record_goes_with_its_field() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A").await;
    let query = format!(
        "{{ product(sku: \"A\") {{ sku ...More }} other: product(sku: \"A\") {{ sku }} }}
         fragment More on Product {{ units {{ isBase }} {CONVERT} }}"
    );
    let answer = dealer.client.send(&query, json!({})).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(
        answer.body["errors"][0]["path"],
        json!(["product", "convert"])
    );
    let expected = json!({ "product": null, "other": { "sku": "A" } });
    assert_eq!(answer.body["data"], expected);
}

#[tokio::test]
async fn what_may_be_null_keeps_the_rest() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let id = dealer.add_product("A").await.id;
    let unit = dealer.client.get("{ unit(code: \"bag\") { id } }").await;
    let query = format!(
        "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on Product {{ sku {CONVERT} }} }} }}"
    );
    let ids = json!({ "ids": [id, unit["unit"]["id"]] });
    let answer = dealer.client.send(&query, ids.clone()).await;
    assert_eq!(
        answer.body["data"],
        json!({ "nodes": [null, { "id": ids["ids"][1] }] })
    );
}

#[tokio::test]
async fn nothing_is_left_where_nothing_may_be_null() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A").await;
    let query = format!(
        "{{ viewer {{ __typename }} products {{ nodes {{ sku {CONVERT} }} totalCount }} }}"
    );
    let answer = dealer.client.send(&query, json!({})).await;
    assert!(answer.body["data"].is_null(), "{:#}", answer.body);
    assert_eq!(
        answer.body["errors"][0]["path"],
        json!(["products", "nodes", 0, "convert"])
    );
}
