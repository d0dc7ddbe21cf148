//! Staying signed in: a ping with a fresh access token.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::auth::principal::Grant;
use tubex::auth::role::RoleCode;
use tubex::auth::token::LIFETIME;
use tubex::kernel::clock::Clock;

use super::CHANGED;
use crate::support::{Server, Socket};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn token(server: &Server, grant: &Grant) -> String {
    let issued = server.app.tokens.issue(grant).unwrap();
    issued.token.expose_secret().to_owned()
}

async fn send(socket: &mut Socket, token: &str) {
    let payload = json!({ "authorization": format!("Bearer {token}") });
    socket
        .send(json!({ "type": "ping", "payload": payload }))
        .await;
}

/// The payload of the pong.
async fn refresh(socket: &mut Socket, token: &str) -> Value {
    send(socket, token).await;
    let pong = socket.next().await;
    assert_eq!(pong["type"], "pong");
    pong["payload"].clone()
}

#[tokio::test]
async fn a_fresh_token_keeps_the_socket_open_beyond_the_end_of_the_first() {
    let server = Server::start_at(Clock::fixed(noon()), |_settings| {}).await;
    let dealer = server.dealer().await;
    // Three seconds are left, leeway and all.
    let late = noon() + LIFETIME + TimeDelta::seconds(2);
    server.clock.set(late);
    let (mut kept, mut left) = (server.socket(&dealer).await, server.socket(&dealer).await);
    kept.subscribe("live", CHANGED, json!({})).await;
    let fresh = token(&server, &server.grant(dealer.owner, dealer.id));
    let answer = refresh(&mut kept, &fresh).await;
    let until: DateTime<Utc> = answer["expiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(until, late + LIFETIME);
    assert_eq!(left.close_code().await, 4403);
    tokio::time::sleep(Duration::from_millis(500)).await;
    kept.settle().await;
    // What has begun under the first token goes on.
    let product = server.client_of(&dealer);
    let create = dealer.product_input("FRESH").await;
    product
        .run(crate::support::CREATE_PRODUCT, json!({ "input": create }))
        .await;
    assert_eq!(kept.next().await["id"], "live");
}

#[tokio::test]
async fn a_token_that_is_not_good_ends_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    for bad in ["nonsense", &server.foreign_token(&dealer)] {
        let error = refresh(&mut socket, bad).await["error"].clone();
        assert_eq!(error["code"], "UNAUTHENTICATED");
        assert!(error["message"].is_string());
    }
    socket.subscribe("q", "{ __typename }", json!({})).await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn a_token_before_the_greeting_signs_nobody_in() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut socket = Socket::open(&server.url).await;
    let error = refresh(&mut socket, dealer.client.token().unwrap()).await["error"].clone();
    assert_eq!(error["code"], "UNAUTHENTICATED");
    socket.subscribe("q", "{ __typename }", json!({})).await;
    assert_eq!(socket.close_code().await, 4401);
}

#[tokio::test]
async fn a_token_of_somebody_else_or_of_other_rights_closes_with_4403() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let own = server.grant(mine.owner, mine.id);
    let others = [
        server.grant(other.owner, mine.id),
        server.grant(mine.owner, other.id),
        Grant {
            roles: vec![RoleCode::OWNER, RoleCode::OWNER],
            ..own.clone()
        },
        Grant {
            read_only: true,
            ..own.clone()
        },
        Grant {
            customer: Some(uuid::Uuid::new_v4()),
            ..own.clone()
        },
    ];
    for grant in others {
        let mut socket = server.socket(&mine).await;
        send(&mut socket, &token(&server, &grant)).await;
        assert_eq!(socket.close_code().await, 4403, "{grant:?}");
    }
    let mut socket = server.socket(&mine).await;
    let answer = refresh(&mut socket, &token(&server, &own)).await;
    assert!(answer["expiresAt"].is_string());
}

#[tokio::test]
async fn from_then_on_the_socket_hangs_on_the_session_of_the_fresh_token() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (first, second) = (server.login(&dealer).await, server.login(&dealer).await);
    let mut socket = Socket::open(&server.url).await;
    socket.init(first["accessToken"].as_str().unwrap()).await;
    let answer = refresh(&mut socket, second["accessToken"].as_str().unwrap()).await;
    assert!(answer["expiresAt"].is_string());
    let logout = "mutation { logout { ended } }";
    let client = |login: &Value| {
        dealer
            .client
            .with_token(login["accessToken"].as_str().unwrap())
    };
    client(&first).get(logout).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    socket.settle().await;
    client(&second).get(logout).await;
    assert_eq!(socket.close_code().await, 4403);
}
