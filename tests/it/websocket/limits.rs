//! What one socket may take, and what it takes while it rests.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::CHANGED;
use crate::support::{Server, hold, until};

#[tokio::test]
async fn a_message_beyond_the_limit_closes_with_1009() {
    let server = Server::start_with(|settings| settings.max_body_bytes = 4000).await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.send_text(&" ".repeat(4001)).await;
    assert_eq!(socket.close_code().await, 1009);
}

#[tokio::test]
async fn a_message_in_many_frames_is_measured_as_a_whole() {
    let server = Server::start_with(|settings| settings.max_body_bytes = 4000).await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    for number in 0..3 {
        let data = if number == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        let frame = Frame::message(vec![b' '; 1500], OpCode::Data(data), false);
        socket.send_frame(Message::Frame(frame)).await;
    }
    assert_eq!(socket.close_code().await, 1009);
}

#[tokio::test]
async fn operations_beyond_the_limit_are_refused_one_by_one() {
    let server = Server::start_with(|settings| settings.max_socket_operations = 2).await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("1", CHANGED, json!({})).await;
    socket.subscribe("2", CHANGED, json!({})).await;
    socket.subscribe("3", CHANGED, json!({})).await;
    let error = socket.next().await;
    assert_eq!(
        (&error["type"], &error["id"]),
        (&json!("error"), &json!("3"))
    );
    assert_eq!(error["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
    // The others go on, and an ended one makes room.
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("3", CHANGED, json!({})).await;
    socket.settle().await;
    dealer.add_product("A").await;
    let mut heard = [
        socket.next().await["id"].clone(),
        socket.next().await["id"].clone(),
    ];
    heard.sort_by_key(|id| id.as_str().map(str::to_owned));
    assert_eq!(heard, [json!("2"), json!("3")]);
}

#[tokio::test]
async fn a_document_beyond_the_limits_is_refused_here_too() {
    let server = Server::start_with(|settings| settings.max_depth = 4).await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    let deep = "subscription { productChanged { product { category { parent { code } } } } }";
    socket.subscribe("deep", deep, json!({})).await;
    let error = socket.next().await;
    assert_eq!(error["type"], "error");
    assert_eq!(error["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn sockets_at_rest_hold_no_database_connection() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    // Three times as many as the request pool has connections.
    let mut sockets = Vec::new();
    for _ in 0..12 {
        let mut socket = server.socket(&dealer).await;
        socket.subscribe("live", CHANGED, json!({})).await;
        socket.settle().await;
        sockets.push(socket);
    }
    for sku in ["A", "B"] {
        dealer.add_product(sku).await;
        for socket in &mut sockets {
            let next = socket.next().await;
            assert_eq!(
                next["payload"]["data"]["productChanged"]["product"]["sku"],
                sku
            );
        }
        until("all connections are at rest", async || {
            let (open, busy_dealers) = server.app.tenants.connections();
            open > 0 && busy_dealers == 0
        })
        .await;
    }
}

#[tokio::test]
async fn a_socket_that_goes_away_takes_its_subscriptions_along() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    assert_eq!(server.app.tenants.bus().listened_dealers(), 1);
    drop(socket);
    until("nobody listens", async || {
        server.app.tenants.bus().listened_dealers() == 0
    })
    .await;
}

#[tokio::test]
async fn an_operation_on_a_socket_has_the_time_limit_of_http() {
    let server =
        Server::start_with(|settings| settings.request_timeout_ms = Duration::from_millis(300))
            .await;
    let dealer = server.dealer().await;
    let held = hold(&dealer.schema, "warehouses").await;
    let mut socket = server.socket(&dealer).await;
    let mutation = "mutation {
        warehouseCreate(input: { code: \"W\", name: \"W\", kind: YARD }) { userErrors { code } }
    }";
    socket.subscribe("q", mutation, json!({})).await;
    let answer = socket.next().await;
    let error = &answer["payload"]["errors"][0]["extensions"]["code"];
    assert_eq!(error, "TIMEOUT", "{answer:#}");
    assert_eq!(socket.next().await["type"], "complete");
    held.release().await;
}

/// Pings that nobody reads the answers of fill every buffer on the way.
#[tokio::test]
async fn a_client_that_does_not_read_is_still_told_to_go() {
    let mut server = Server::start_with(|settings| settings.shutdown_timeout_s = 3).await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    let flood = socket.flood(Duration::from_millis(500)).await;
    assert!(flood > 1000, "{flood}");
    server.stop();
    // Ends at all, and not by the patience of a socket.
    tokio::time::timeout(Duration::from_secs(15), server.stopped())
        .await
        .unwrap();
}
