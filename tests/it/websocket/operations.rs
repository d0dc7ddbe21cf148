//! Queries and mutations over a socket, and operations that can not be run.

use serde_json::json;

use super::CHANGED;
use crate::support::{CREATE_PRODUCT, Server};

#[tokio::test]
async fn a_query_is_answered_once_and_completed() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A").await;
    let mut socket = server.socket(&dealer).await;
    socket
        .subscribe("q", "{ products { nodes { sku } } }", json!({}))
        .await;
    let next = socket.next().await;
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("q")));
    assert_eq!(
        next["payload"]["data"]["products"]["nodes"],
        json!([{ "sku": "A" }])
    );
    assert_eq!(
        socket.next().await,
        json!({ "type": "complete", "id": "q" })
    );
    // The id is free again.
    socket.subscribe("q", "{ __typename }", json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn a_mutation_over_a_socket_lasts() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let input = dealer.product_input("M").await;
    let mut socket = server.socket(&dealer).await;
    socket
        .subscribe("m", CREATE_PRODUCT, json!({ "input": input }))
        .await;
    let next = socket.next().await;
    assert_eq!(
        next["payload"]["data"]["productCreate"]["userErrors"],
        json!([])
    );
    assert_eq!(socket.next().await["type"], "complete");
    let data = dealer.client.get("{ product(sku: \"M\") { name } }").await;
    assert_eq!(data["product"]["name"], "Goods M");
}

#[tokio::test]
async fn a_document_that_can_not_be_run_is_an_error_message() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    for document in ["{", "{ nothing }", "subscription { nothing }"] {
        socket.subscribe("bad", document, json!({})).await;
        let error = socket.next().await;
        assert_eq!(
            (&error["type"], &error["id"]),
            (&json!("error"), &json!("bad")),
            "{document}"
        );
        let extensions = &error["payload"][0]["extensions"];
        assert_eq!(extensions["code"], "GRAPHQL_INVALID", "{document}");
        assert!(extensions["requestId"].is_string());
    }
    socket.settle().await;
}

#[tokio::test]
async fn a_subscription_its_field_refuses_is_answered_and_over() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    let ids = vec![dealer.add_product("A").await.id; 201];
    socket.subscribe("s", CHANGED, json!({ "ids": ids })).await;
    let answer = socket.next().await;
    assert_eq!(answer["type"], "next");
    let error = &answer["payload"]["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(error["path"], json!(["productChanged"]));
    assert_eq!(socket.next().await["type"], "complete");
}

#[tokio::test]
async fn a_failed_field_of_a_query_is_part_of_its_answer() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    let query = "{ __typename product(id: \"no id\") { sku } }";
    socket.subscribe("q", query, json!({})).await;
    let next = socket.next().await;
    assert_eq!(next["type"], "next");
    assert_eq!(
        next["payload"]["errors"][0]["extensions"]["code"],
        "BAD_USER_INPUT"
    );
    assert_eq!(socket.next().await["type"], "complete");
}
