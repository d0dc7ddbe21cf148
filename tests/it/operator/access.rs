//! Who is let in: bearers of an operator's token, and nobody else.

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use super::{foreign_token, shared, with_operators};
use crate::support::{Answer, Client, Server, Socket};

const NODE: &str = "{ node { version } }";

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    assert!(answer.body["data"].is_null());
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}

/// A token with these claims, signed with the server's own key.
async fn forged(server: &Server, change: impl FnOnce(&mut Value)) -> String {
    let now = server.clock.now().timestamp();
    let mut claims = json!({
        "iss": "tubex", "aud": "tubex-operator", "sub": "mallory",
        "iat": now, "nbf": now, "exp": now + 3600, "jti": uuid::Uuid::new_v4(),
    });
    change(&mut claims);
    let (kid, key) = server.signing_key().await;
    let header = Header {
        kid: Some(kid),
        ..Header::new(Algorithm::EdDSA)
    };
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

#[tokio::test]
async fn an_operator_is_let_in_and_nobody_else() {
    let server = shared().await;
    let stranger = foreign_token(&server);
    let data = server.operator().get(NODE).await;
    assert_eq!(data["node"]["version"], env!("CARGO_PKG_VERSION"));
    let token = server.operator_token();
    for refused in [
        None,
        Some(""),
        Some("anything"),
        Some(&token[..token.len() - 4]),
        Some(&stranger),
    ] {
        let client = server.operator_with(refused);
        assert_refused(&client.send(NODE, json!({})).await);
    }
    // Not even to introspect.
    let nobody = server.operator_with(None);
    assert_refused(&nobody.send("{ __typename }", json!({})).await);
}

#[tokio::test]
async fn a_token_of_one_endpoint_is_refused_at_the_other() {
    let server = shared().await;
    let dealer = server.dealer().await;
    let of_dealer = server.operator_with(dealer.client.token());
    assert_refused(&of_dealer.send(NODE, json!({})).await);
    let of_operator = Client::new(&server.url, Some(server.operator_token()));
    assert_refused(&of_operator.send("{ __typename }", json!({})).await);
    let mut socket = Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {}", server.operator_token()) });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.close_code().await, 4403);
}

type Change = fn(&mut Value);

#[tokio::test]
async fn forged_claims_are_refused() {
    let server = shared().await;
    let whole = forged(&server, |_claims| {}).await;
    server.operator_with(Some(&whole)).get(NODE).await;
    let changes: [Change; 8] = [
        |claims| claims["aud"] = json!("tubex-api"),
        |claims| claims["aud"] = json!(["tubex-api", "tubex-operator"]),
        |claims| claims["iss"] = json!("somebody"),
        |claims| claims["sub"] = json!("two words"),
        |claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 6),
        |claims| claims["nbf"] = json!(claims["iat"].as_i64().unwrap() + 60),
        // Longer than any operator's token may live.
        |claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 86_401),
        |claims| {
            claims.as_object_mut().unwrap().remove("exp");
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let client = server.operator_with(Some(&forged(&server, change).await));
        let answer = client.send(NODE, json!({})).await;
        assert_eq!(answer.status, 401, "change {number}: {:#}", answer.body);
    }
}

#[tokio::test]
async fn another_algorithm_is_refused() {
    let server = shared().await;
    let good = server.operator_token();
    let claims = good.split('.').nth(1).unwrap();
    let kid = jsonwebtoken::decode_header(&good).unwrap().kid;
    let header = Header {
        kid,
        ..Header::new(Algorithm::HS256)
    };
    let body: Value = {
        use base64::Engine;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        serde_json::from_slice(&engine.decode(claims).unwrap()).unwrap()
    };
    // As an attacker would who takes what is public for a shared secret.
    let key = EncodingKey::from_secret(header.kid.as_deref().unwrap().as_bytes());
    let hs256 = jsonwebtoken::encode(&header, &body, &key).unwrap();
    for token in [hs256, format!("eyJhbGciOiJub25lIn0.{claims}.")] {
        let client = server.operator_with(Some(&token));
        assert_refused(&client.send(NODE, json!({})).await);
    }
}

#[tokio::test]
async fn a_token_ends() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), with_operators).await;
    let alice = server.operator();
    alice.get(NODE).await;
    server.clock.set(noon + TimeDelta::seconds(3605));
    let answer = alice.send(NODE, json!({})).await;
    assert_refused(&answer);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("expired"), "{message}");
}

#[tokio::test]
async fn the_endpoints_share_no_path_and_no_field() {
    let server = shared().await;
    let dealer = server.dealer().await;
    let status = async |client: &Client, path: &str| {
        let answer = client.request(Method::GET, path).send().await.unwrap();
        answer.status().as_u16()
    };
    for path in ["/metrics", "/operator", "/operator/graphql"] {
        assert_eq!(status(&dealer.client, path).await, 404, "{path}");
    }
    for path in ["/readyz", "/", "/graphiql", "/graphiql/config.json"] {
        assert_eq!(status(&server.operator(), path).await, 404, "{path}");
    }
    assert_eq!(status(&server.operator(), "/livez").await, 200);
    // A way to ask, and nothing is asked.
    assert_eq!(status(&server.operator(), "/graphql").await, 400);
    for query in ["{ dealers { totalCount } }", NODE, "{ spares { ready } }"] {
        let answer = dealer.client.send(query, json!({})).await;
        assert_eq!(answer.code(), "GRAPHQL_INVALID", "{query}");
    }
    for query in ["{ products { totalCount } }", "{ viewer { user { id } } }"] {
        let answer = server.operator().send(query, json!({})).await;
        assert_eq!(answer.code(), "GRAPHQL_INVALID", "{query}");
    }
}

#[tokio::test]
async fn the_limits_are_those_of_the_shops() {
    let server = Server::start_with(|settings| {
        with_operators(settings);
        settings.max_body_bytes = 2000;
        settings.max_rows = 1;
    })
    .await;
    server.dealer().await;
    server.dealer().await;
    let alice = server.operator();
    let long = format!("{NODE} #{}", "x".repeat(2000));
    assert_eq!(alice.send(&long, json!({})).await.status, 413);
    let answer = alice
        .send("{ dealers(first: 2) { nodes { id } } }", json!({}))
        .await;
    assert_eq!(answer.code(), "LIMIT_EXCEEDED");
    let list = alice.request(Method::POST, "/graphql").json(&json!([]));
    assert_eq!(list.send().await.unwrap().status(), 400);
    let text = alice.request(Method::POST, "/graphql").body("{}");
    assert_eq!(text.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn deep_operations_are_refused() {
    let server = Server::start_with(|settings| {
        with_operators(settings);
        settings.max_depth = 3;
        settings.max_complexity = 100;
    })
    .await;
    let alice = server.operator();
    for query in [
        "{ dealers { nodes { owners { id } } } }",
        "{ a: dealers(first: 200) { nodes { id name schema status } }
           b: dealers(first: 200) { nodes { id name schema status } } }",
    ] {
        let answer = alice.send(query, json!({})).await;
        assert_eq!(answer.code(), "LIMIT_EXCEEDED", "{query}");
    }
}
