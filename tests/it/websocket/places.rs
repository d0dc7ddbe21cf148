//! Limits on how many sockets and operations there are, and for whom.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::json;
use tubex::kernel::ids::UserId;

use super::CHANGED;
use crate::support::{Server, Socket, TestDealer, until};

/// A socket of somebody else at the dealer's.
async fn colleague(server: &Server, dealer: &TestDealer) -> Socket {
    let grant = server.grant(UserId::generate(), dealer.id);
    let issued = server.app.tokens.issue(&grant).unwrap();
    greeted(server, issued.token.expose_secret()).await
}

async fn greeted(server: &Server, token: &str) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {token}") });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    socket
}

#[tokio::test]
async fn a_user_may_have_so_many_sockets_and_gets_a_place_back() {
    let server = Server::start_with(|settings| settings.max_sockets_per_user = 2).await;
    let dealer = server.dealer().await;
    let token = dealer.client.token().unwrap();
    let first = server.socket(&dealer).await;
    let mut second = server.socket(&dealer).await;
    let (code, reason, _) = greeted(&server, token).await.last_words().await;
    assert_eq!(code, 1013);
    assert!(reason.contains("2 sockets"), "{reason}");
    second.settle().await;
    // A colleague has places of his own.
    assert_eq!(
        colleague(&server, &dealer).await.next().await["type"],
        "connection_ack"
    );
    drop(first);
    until("the place is free", async || {
        let mut socket = greeted(&server, token).await;
        let message = socket.message().await;
        message.is_some_and(|message| message["type"] == "connection_ack")
    })
    .await;
}

#[tokio::test]
async fn a_dealer_may_have_so_many_sockets_and_another_as_many() {
    let server = Server::start_with(|settings| settings.max_sockets_per_dealer = 2).await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let _held = [
        server.socket(&mine).await,
        server.socket(&mine).await,
        server.socket(&other).await,
    ];
    assert_eq!(colleague(&server, &mine).await.close_code().await, 1013);
    assert_eq!(
        colleague(&server, &other).await.next().await["type"],
        "connection_ack"
    );
}

#[tokio::test]
async fn a_node_that_is_full_says_so_before_the_handshake() {
    let server = Server::start_with(|settings| settings.max_sockets = 1).await;
    let dealer = server.dealer().await;
    let held = server.socket(&dealer).await;
    let upgrade = || {
        let request = server.anonymous().request(Method::GET, "/graphql");
        request
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("sec-websocket-protocol", "graphql-transport-ws")
    };
    let answer = upgrade().send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "5");
    // Requests are none of this.
    dealer.client.get("{ units { totalCount } }").await;
    drop(held);
    until("the place is free", async || {
        upgrade().send().await.unwrap().status() == 101
    })
    .await;
}

#[tokio::test]
async fn a_dealers_operations_are_counted_over_all_his_sockets() {
    let server = Server::start_with(|settings| settings.max_operations_per_dealer = 3).await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let (mut one, mut two) = (server.socket(&mine).await, server.socket(&mine).await);
    for id in ["a", "b"] {
        one.subscribe(id, CHANGED, json!({})).await;
    }
    one.settle().await;
    two.subscribe("c", CHANGED, json!({})).await;
    two.subscribe("d", CHANGED, json!({})).await;
    let error = two.next().await;
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("d"))
    );
    assert_eq!(error["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    let mut others = server.socket(&other).await;
    others.subscribe("e", CHANGED, json!({})).await;
    others.settle().await;
    // What is over makes room.
    one.send(json!({ "type": "complete", "id": "a" })).await;
    one.settle().await;
    two.subscribe("d", CHANGED, json!({})).await;
    two.settle().await;
}
