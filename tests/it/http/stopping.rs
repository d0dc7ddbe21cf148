//! How a server stops: it says so, finishes what it has begun, then shuts.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{Answer, Server, hold, until};

#[tokio::test]
async fn a_stopping_server_is_unready_while_it_still_accepts() {
    let drain = Duration::from_secs(10);
    let mut server = Server::start_with(|settings| settings.drain_delay_ms = drain).await;
    let dealer = server.dealer().await;
    server.stop();
    until("the server says that it stops", async || {
        let request = server.anonymous().request(Method::GET, "/readyz");
        let answer = Answer::of(request.send().await.unwrap()).await;
        answer.status == 503 && answer.body["accepting"] == json!(false)
    })
    .await;
    // A load balancer may not have looked yet.
    dealer.client.get("{ products { totalCount } }").await;
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_server_ends() {
    let mut server = Server::start().await;
    let dealer = server.dealer().await;
    let input = dealer.product_input("SLOW").await;
    let held = hold(&dealer.schema, "products").await;
    let client = dealer.client.clone();
    let slow = tokio::spawn(async move {
        let query = "mutation($input: ProductCreateInput!) {
            productCreate(input: $input) { product { sku } } }";
        client.send(query, json!({ "input": input })).await
    });
    held.is_wanted().await;
    server.stop();
    let address = server.url.trim_start_matches("http://").to_owned();
    until("new connections are refused", async || {
        TcpStream::connect(&address).await.is_err()
    })
    .await;
    assert!(!slow.is_finished());
    held.release().await;
    let answer = slow.await.unwrap();
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    assert_eq!(
        answer.body["data"]["productCreate"]["product"]["sku"],
        "SLOW"
    );
    server.stopped().await;
}
