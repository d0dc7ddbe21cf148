//! The catalogue as a dashboard uses it: lists, lookups, changes.

mod attributes;
mod barcodes;
mod categories;
mod changes;
mod found;
mod kinds;
mod lists;
mod required;
mod search;
mod upsert;

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use crate::support::{Client, Server, TestDealer};

/// A server and a dealer with a full shop.
pub async fn shop() -> (Server, TestDealer) {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    (server, dealer)
}

/// Says of a product of the dealer where it comes from; not of the first one, which others
/// change. Something can be said of what is in the first category, too.
pub async fn describe_some(dealer: &TestDealer) {
    let query = "{ categories(first: 1) { nodes { id } }
        products(first: 1, orderBy: [{ field: SKU, direction: DESC }]) { nodes { id version category { id } } } }";
    let found = dealer.client.get(query).await;
    let product = &found["products"]["nodes"][0];
    let input = json!({ "categoryId": found["categories"]["nodes"][0]["id"], "code": "grade",
        "name": "Grade", "kind": "TEXT" });
    let made = mutate(&dealer.client, "attributeCreate", "attribute { id }", input).await;
    assert_eq!(made["userErrors"], json!([]));
    let input = json!({ "categoryId": product["category"]["id"], "code": "origin", "name": "Origin",
        "kind": "TEXT", "isFilterable": true });
    let select = "attribute { id }";
    let made = mutate(&dealer.client, "attributeCreate", select, input).await;
    let values = json!([{ "attributeId": made["attribute"]["id"], "text": "here" }]);
    let input =
        json!({ "id": product["id"], "expectedVersion": product["version"], "values": values });
    let set = mutate(
        &dealer.client,
        "productAttributesSet",
        "product { id }",
        input,
    )
    .await;
    assert_eq!(set["userErrors"], json!([]));
}

/// Sends a mutation that takes one input; gives its payload.
pub async fn mutate(client: &Client, field: &str, selection: &str, input: Value) -> Value {
    let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let kind = kind.replace("ProductRestoreInput", "ProductArchiveInput");
    let query = format!(
        "mutation($input: {kind}!) {{
             payload: {field}(input: $input) {{ {selection} userErrors {{ code message path }} }}
         }}"
    );
    client.run(&query, json!({ "input": input })).await["payload"].clone()
}

/// Code and path of the only user error of a payload.
pub fn only_error(payload: &Value) -> (String, Vec<String>) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload:#}");
    let path = errors[0]["path"].as_array().cloned().unwrap_or_default();
    let path = path
        .iter()
        .map(|part| part.as_str().unwrap().to_owned())
        .collect();
    (errors[0]["code"].as_str().unwrap().to_owned(), path)
}
