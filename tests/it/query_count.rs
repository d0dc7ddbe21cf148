//! SQL statements per operation: the number depends on the levels of a query,
//! never on its rows.

use serde_json::json;
use tubex::demo::data::DEALERS;

use crate::support::Server;

/// Runs `query` as a dealer with a full shop; gives its statements and rows.
async fn cost(query: &str) -> (u64, serde_json::Value) {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let answer = dealer.client.send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    (answer.statements(), answer.body["data"].clone())
}

#[tokio::test]
async fn fifty_products_with_units_and_stock_cost_one_statement_per_level() {
    let (statements, data) = cost(
        "{ products(first: 50) { nodes {
             sku
             units { num den unit { code } }
             stockLevels { onHand { value } warehouse { name } }
         } } }",
    )
    .await;
    let nodes = data["products"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 42);
    assert!(
        nodes
            .iter()
            .any(|node| node["stockLevels"].as_array().unwrap().len() == 2)
    );
    // products; product units; units; stock levels; warehouses.
    assert_eq!(statements, 5);
}

#[tokio::test]
async fn the_total_is_counted_only_when_asked_for() {
    let (without, _) = cost("{ products(first: 1) { nodes { sku } } }").await;
    let (with, data) = cost("{ products(first: 1) { totalCount nodes { sku } } }").await;
    assert_eq!((without, with), (1, 2));
    assert_eq!(data["products"]["totalCount"], 42);
}

#[tokio::test]
async fn lookups_of_siblings_share_a_statement() {
    let (statements, _) = cost(
        "{ a: product(sku: \"CEM-OPC-25\") { name }
           b: product(sku: \"SND-RIV\") { name }
           c: product(sku: \"NONE\") { name } }",
    )
    .await;
    assert_eq!(statements, 1);
}

#[tokio::test]
async fn a_category_tree_costs_a_statement_per_level() {
    let (statements, _) = cost(
        "{ categories(where: { isRoot: true }) { nodes { code children { code parent { code } } } } }",
    )
    .await;
    // The roots; their children; the parents again, by id.
    assert_eq!(statements, 3);
}

#[tokio::test]
async fn customers_with_jobs_cost_two() {
    let (statements, _) =
        cost("{ customers { nodes { name jobs { name customer { name } } } } }").await;
    // Customers; jobs; and the customers by id, since a page does not feed loaders.
    assert_eq!(statements, 3);
}

#[tokio::test]
async fn the_stock_list_costs_one_per_level() {
    let (statements, data) = cost(
        "{ stockLevels(first: 50) { nodes {
             available { value unit { code } }
             product { sku baseUnit { code } }
             warehouse { code }
         } } }",
    )
    .await;
    assert!(data["stockLevels"]["nodes"].as_array().unwrap().len() > 40);
    // Levels; products; units; warehouses.
    assert_eq!(statements, 4);
}

#[tokio::test]
async fn nodes_cost_one_per_kind() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let lists = dealer
        .client
        .get("{ products { nodes { id } } units { nodes { id } } warehouses { nodes { id } } }")
        .await;
    let mut ids = Vec::new();
    for list in ["products", "units", "warehouses"] {
        let nodes = lists[list]["nodes"].as_array().unwrap();
        ids.extend(nodes.iter().map(|node| node["id"].clone()));
    }
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let answer = dealer.client.send(query, json!({ "ids": ids })).await;
    let found = answer.body["data"]["nodes"].as_array().unwrap();
    let found: Vec<_> = found.iter().map(|node| node["id"].clone()).collect();
    assert_eq!(found, ids);
    assert_eq!(answer.statements(), 3);
}

#[tokio::test]
async fn a_mutation_reads_its_answer_through_its_own_transaction() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let found = dealer
        .client
        .get("{ product(sku: \"SND-RIV\") { id version } }")
        .await;
    let input = json!({
        "id": found["product"]["id"],
        "expectedVersion": found["product"]["version"],
        "name": "River sand, washed",
    });
    let answer = dealer
        .client
        .send(
            "mutation($input: ProductUpdateInput!) { productUpdate(input: $input) {
                 product { name baseUnit { code } stockLevels { warehouse { code } } }
                 userErrors { code }
             } }",
            json!({ "input": input }),
        )
        .await;
    let product = &answer.body["data"]["productUpdate"]["product"];
    assert_eq!(product["name"], "River sand, washed");
    // The update; the words of the name; the unit; the stock levels; the warehouses; the counter
    // of events and the event.
    assert_eq!(answer.statements(), 7);
}
