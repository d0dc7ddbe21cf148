//! Signing in, and every reason for which the server closes a socket.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tubex::auth::token::LIFETIME;
use tubex::kernel::clock::Clock;

use super::CHANGED;
use crate::support::{Server, Socket};

fn init(authorization: &str) -> Value {
    json!({ "type": "connection_init", "payload": { "Authorization": authorization } })
}

#[tokio::test]
async fn a_token_in_connection_init_is_acknowledged() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = Socket::open(&server.url).await;
    // The name of the key is that of a header: its case does not matter.
    let token = dealer.client.token().unwrap();
    socket.send(init(&format!("Bearer {token}"))).await;
    assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server.url).await;
    socket
        .send(json!({ "type": "ping", "payload": { "n": 1 } }))
        .await;
    assert_eq!(
        socket.next().await,
        json!({ "type": "pong", "payload": { "n": 1 } })
    );
    socket.send(json!({ "type": "pong" })).await;
    socket.settle().await;
}

#[tokio::test]
async fn what_is_no_message_of_the_protocol_closes_with_4400() {
    let server = Server::start().await;
    for text in [
        "hello",
        "[]",
        "{}",
        "{\"type\":\"shout\"}",
        "{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ a }\"}}",
        "{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":1}}",
        "{\"type\":\"connection_init\"",
    ] {
        let mut socket = Socket::open(&server.url).await;
        socket.send_text(text).await;
        assert_eq!(socket.close_code().await, 4400, "{text}");
    }
    let mut socket = Socket::open(&server.url).await;
    socket
        .send_frame(Message::binary(b"{\"type\":\"ping\"}".to_vec()))
        .await;
    assert_eq!(socket.close_code().await, 4400);
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_closes_with_4401() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server.url).await;
    socket.subscribe("1", "{ __typename }", json!({})).await;
    assert_eq!(socket.close_code().await, 4401);
}

#[tokio::test]
async fn without_a_good_token_the_socket_closes_with_4403() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let foreign = server.foreign_token(&dealer);
    for message in [
        json!({ "type": "connection_init" }),
        json!({ "type": "connection_init", "payload": {} }),
        init("Bearer nonsense"),
        init(&format!("Bearer {foreign}")),
        init(&format!("Basic {}", dealer.client.token().unwrap())),
    ] {
        let mut socket = Socket::open(&server.url).await;
        socket.send(message.clone()).await;
        assert_eq!(socket.close_code().await, 4403, "{message}");
    }
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), |_settings| {}).await;
    let dealer = server.dealer().await;
    // The token has ended, and of the five seconds by which clocks may
    // disagree one is left.
    server.clock.set(noon + LIFETIME + TimeDelta::seconds(4));
    let mut socket = server.socket(&dealer).await;
    let signed_in = std::time::Instant::now();
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    assert_eq!(socket.close_code().await, 4403);
    assert!(
        signed_in.elapsed().as_secs() < 4,
        "closed {:?} late",
        signed_in.elapsed()
    );
}

#[tokio::test]
async fn a_client_of_another_protocol_closes_with_4406() {
    let server = Server::start().await;
    let mut socket = Socket::open_with(&server.url, None).await;
    assert_eq!(socket.close_code().await, 4406);
}

#[tokio::test]
async fn silence_in_place_of_connection_init_closes_with_4408() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server.url).await;
    assert_eq!(socket.close_code().await, 4408);
}

#[tokio::test]
async fn an_id_in_use_closes_with_4409() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.subscribe("live", "{ __typename }", json!({})).await;
    assert_eq!(socket.close_code().await, 4409);
}

#[tokio::test]
async fn a_client_that_says_goodbye_is_answered() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.send_frame(Message::Close(None)).await;
    assert_eq!(socket.close_code().await, 1000);
}

#[tokio::test]
async fn a_reason_is_cut_to_what_a_frame_holds() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    let id = "ü".repeat(200);
    socket.subscribe(&id, CHANGED, json!({})).await;
    socket.subscribe(&id, CHANGED, json!({})).await;
    let (code, reason, _) = socket.last_words().await;
    assert_eq!(code, 4409);
    assert!((120..=123).contains(&reason.len()), "{reason}");
}

#[tokio::test]
async fn a_second_connection_init_closes_with_4429() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket.send(init("Bearer again")).await;
    assert_eq!(socket.close_code().await, 4429);
}

#[tokio::test]
async fn a_stopping_server_closes_its_sockets_with_1001() {
    let mut server = Server::start().await;
    let dealer = server.dealer().await;
    let mut busy = server.socket(&dealer).await;
    busy.subscribe("live", CHANGED, json!({})).await;
    busy.settle().await;
    let mut waiting = Socket::open(&server.url).await;
    server.stop();
    assert_eq!(busy.close_code().await, 1001);
    assert_eq!(waiting.close_code().await, 1001);
    server.stopped().await;
}
