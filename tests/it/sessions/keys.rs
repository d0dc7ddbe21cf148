//! The keys that sign tokens, and their succession.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tubex::auth::keys::KeyRing;
use tubex::config::DatabaseSettings;
use tubex::kernel::clock::Clock;

use super::try_access;
use crate::support::{Server, own_settings, until};

/// A server on a database, and so with keys, of its own.
async fn apart(name: &'static str) -> (DatabaseSettings, Server) {
    let database = own_settings(name).await;
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    (database, server)
}

async fn published(server: &Server) -> Vec<String> {
    let request = server
        .anonymous()
        .request(reqwest::Method::GET, "/.well-known/jwks.json");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let keys: Value = response.json().await.unwrap();
    let keys = keys["keys"].as_array().unwrap().clone();
    let kid = |key: &Value| {
        let shown = (&key["kty"], &key["crv"], &key["alg"], &key["use"]);
        assert_eq!(
            shown,
            (
                &json!("OKP"),
                &json!("Ed25519"),
                &json!("EdDSA"),
                &json!("sig")
            )
        );
        assert!(key.get("d").is_none());
        key["kid"].as_str().unwrap().to_owned()
    };
    keys.iter().map(kid).collect()
}

fn kid(token: &Value) -> String {
    let header = jsonwebtoken::decode_header(token.as_str().unwrap());
    header.unwrap().kid.unwrap()
}

#[tokio::test]
async fn the_next_key_is_published_on_every_node_before_it_signs() {
    let (database, one) = apart("keys_next").await;
    let other = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let dealer = one.dealer().await;
    let before = one.login(&dealer).await;
    let in_a_day = one.clock.now() + TimeDelta::hours(24);
    let next = one.app.keys.rotate(in_a_day).await.unwrap();
    until("the other node publishes it", async || {
        published(&other).await.contains(&next)
    })
    .await;
    assert_eq!(published(&one).await.len(), 2);
    assert_ne!(kid(&other.login(&dealer).await["accessToken"]), next);
    let now = one.app.keys.rotate(one.clock.now()).await.unwrap();
    until("the other node signs with it", async || {
        kid(&other.login(&dealer).await["accessToken"]) == now
    })
    .await;
    // What the key before has signed is good to its end, on both.
    for node in [&one, &other] {
        assert_eq!(
            try_access(node, &before["accessToken"]).await.code(),
            "none"
        );
    }
}

#[tokio::test]
async fn a_retired_key_is_believed_nowhere() {
    let (database, one) = apart("keys_retired").await;
    let other = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let dealer = one.dealer().await;
    let stolen = one.login(&dealer).await;
    let old = kid(&stolen["accessToken"]);
    // The only one stays: without it nobody could sign in.
    assert!(one.app.keys.retire(&old).await.is_err());
    one.app.keys.rotate(one.clock.now()).await.unwrap();
    assert!(one.app.keys.retire(&old).await.unwrap());
    for node in [&one, &other] {
        until("its tokens are refused", async || {
            try_access(node, &stolen["accessToken"]).await.code() == "UNAUTHENTICATED"
        })
        .await;
        assert!(!published(node).await.contains(&old));
    }
    assert!(!one.app.keys.retire("0000000000000000").await.unwrap());
}

#[tokio::test]
async fn the_database_alone_forges_nothing() {
    let (_database, server) = apart("keys_sealed").await;
    let keys = server.app.keys.list().await.unwrap();
    assert_eq!(keys.len(), 1);
    // Longer than the key by the seal, and unlike it every time.
    assert_eq!(keys[0].seed_sealed.len(), 4 + 12 + 32 + 16);
    let foreign = KeyRing::of_one("x", server.clock.clone()).unwrap();
    let ours = serde_json::to_value(server.app.keys.ring().published()).unwrap();
    assert_ne!(serde_json::to_value(foreign.published()).unwrap(), ours);
}
