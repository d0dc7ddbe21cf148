//! Faults of the server's own: clients get a code and an id, the log the rest.

use serde_json::json;

use crate::support::{Answer, Server, TestDealer, owner};

/// A dealer whose products lack a column, which no request expects.
async fn broken(server: &Server) -> TestDealer {
    let dealer = server.dealer().await;
    let rename = format!(
        "ALTER TABLE \"{}\".products RENAME COLUMN list_price TO gone_astray",
        dealer.schema
    );
    owner().await.batch_execute(&rename).await.unwrap();
    dealer
}

fn assert_says_nothing(answer: &Answer, dealer: &TestDealer) {
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert_eq!(message, "something went wrong on the server");
    let text = answer.body.to_string();
    for secret in [
        "list_price",
        "SELECT",
        "INSERT",
        "diesel",
        dealer.schema.as_str(),
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_database_error_in_a_query_stays_inside() {
    let server = Server::start().await;
    let dealer = broken(&server).await;
    let answer = dealer
        .client
        .send("{ products { nodes { sku } } }", json!({}))
        .await;
    assert_eq!(answer.code(), "INTERNAL");
    assert_eq!(answer.body["errors"][0]["path"], json!(["products"]));
    let id = answer.body["errors"][0]["extensions"]["requestId"].clone();
    assert_eq!(id, answer.headers["x-request-id"].to_str().unwrap());
    assert_says_nothing(&answer, &dealer);
}

#[tokio::test]
async fn a_database_error_in_a_mutation_stays_inside() {
    let server = Server::start().await;
    let dealer = broken(&server).await;
    let input = dealer.product_input("X").await;
    let query =
        "mutation($input: ProductCreateInput!) { productCreate(input: $input) { product { id } } }";
    let answer = dealer.client.send(query, json!({ "input": input })).await;
    assert_eq!(answer.code(), "INTERNAL");
    assert_says_nothing(&answer, &dealer);
    // The connection that saw the error is fit for use.
    assert_eq!(
        dealer.client.get("{ unit(code: \"bag\") { code } }").await["unit"]["code"],
        "bag"
    );
}

#[tokio::test]
async fn one_broken_shop_does_not_trouble_another() {
    let server = Server::start().await;
    let (ill, well) = (broken(&server).await, server.dealer().await);
    for _ in 0..6 {
        let answer = ill
            .client
            .send("{ products { nodes { sku } } }", json!({}))
            .await;
        assert_eq!(answer.code(), "INTERNAL");
        well.client.get("{ products { nodes { sku } } }").await;
    }
}
