//! Tokens that somebody else has made, or made for something else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::try_access;
use crate::support::{Server, TestDealer};

/// The claims of a good token of the dealer's owner.
fn claims(server: &Server, dealer: &TestDealer) -> Value {
    let now = server.clock.now().timestamp();
    let mut claims = serde_json::to_value(server.grant(dealer.owner, dealer.id)).unwrap();
    for (name, value) in [
        ("iss", json!(server.app.keys.ring().issuer())),
        ("aud", json!("tubex-api")),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + 900)),
        ("jti", json!(uuid::Uuid::new_v4())),
    ] {
        claims[name] = value;
    }
    claims
}

/// A token of these claims, under the server's own key unless `change` says otherwise.
async fn signed(server: &Server, claims: &Value, change: impl FnOnce(&mut Header)) -> String {
    let (kid, key) = server.signing_key().await;
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid);
    change(&mut header);
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

async fn assert_refused(server: &Server, token: &str, what: &str) {
    let answer = try_access(server, &json!(token)).await;
    assert_eq!(
        (answer.status, answer.code()),
        (401, "UNAUTHENTICATED"),
        "{what}"
    );
    assert!(answer.body["data"].is_null(), "{what}");
}

type Change = fn(&mut Value);

#[tokio::test]
async fn claims_that_do_not_fit_are_refused() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let good = claims(&server, &dealer);
    let whole = signed(&server, &good, |_header| {}).await;
    assert_eq!(try_access(&server, &json!(whole)).await.code(), "none");
    let changes: [(&str, Change); 12] = [
        ("expired", |c| {
            c["exp"] = json!(c["iat"].as_i64().unwrap() - 6);
        }),
        ("not valid yet", |c| {
            c["nbf"] = json!(c["iat"].as_i64().unwrap() + 60);
        }),
        ("another issuer", |c| c["iss"] = json!("https://evil.test")),
        ("another audience", |c| c["aud"] = json!("tubex-operator")),
        ("no expiry", |c| {
            drop(c.as_object_mut().unwrap().remove("exp"));
        }),
        ("no subject", |c| {
            drop(c.as_object_mut().unwrap().remove("sub"));
        }),
        ("no dealer", |c| {
            drop(c.as_object_mut().unwrap().remove("tid"));
        }),
        ("no session", |c| {
            drop(c.as_object_mut().unwrap().remove("sid"));
        }),
        ("a dealer that is none", |c| c["tid"] = json!("dlr_x")),
        ("a role that is none", |c| c["rol"] = json!(["god"])),
        ("roles that are no list", |c| c["rol"] = json!("owner")),
        ("an unknown dealer", |c| {
            c["tid"] = json!(format!("dlr_{:032x}", 7));
        }),
    ];
    for (what, change) in changes {
        let mut claims = good.clone();
        change(&mut claims);
        let token = signed(&server, &claims, |_header| {}).await;
        assert_refused(&server, &token, what).await;
    }
}

#[tokio::test]
async fn keys_and_algorithms_that_are_not_ours_are_refused() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let claims = claims(&server, &dealer);
    let good = signed(&server, &claims, |_header| {}).await;
    let (kid, _key) = server.signing_key().await;
    let rest = |header: Value| format!("{}.{}.", part(&header), part(&claims));
    let signature = good.rsplit('.').next().unwrap();
    let published = serde_json::to_value(server.app.keys.ring().published()).unwrap();
    let public = URL_SAFE_NO_PAD
        .decode(published[0]["x"].as_str().unwrap())
        .unwrap();
    // The public key as if it were a shared secret.
    let mut confused = Header::new(Algorithm::HS256);
    confused.kid = Some(kid.clone());
    let confused =
        jsonwebtoken::encode(&confused, &claims, &EncodingKey::from_secret(&public)).unwrap();
    for (what, token) in [
        ("no algorithm", rest(json!({ "alg": "none", "kid": kid }))),
        (
            "no algorithm, with a signature",
            rest(json!({ "alg": "none", "kid": kid })) + signature,
        ),
        ("HS256 under the public key", confused),
        (
            "another algorithm",
            rest(json!({ "alg": "ES256", "kid": kid })) + signature,
        ),
        (
            "no key id",
            signed(&server, &claims, |header| header.kid = None).await,
        ),
        (
            "an unknown key",
            signed(&server, &claims, |header| header.kid = Some("0".repeat(16))).await,
        ),
        (
            "a key of another installation",
            server.foreign_token(&dealer),
        ),
        ("cut short", good[..good.len() - 10].to_owned()),
        ("cut in the middle", good[..good.len() / 2].to_owned()),
        (
            "without a signature",
            good.rsplit_once('.').unwrap().0.to_owned(),
        ),
        (
            "a refresh token",
            server.login(&dealer).await["refreshToken"]
                .as_str()
                .unwrap()
                .to_owned(),
        ),
    ] {
        assert_refused(&server, &token, what).await;
    }
    // Whatever was refused before, the good one is good.
    assert_eq!(try_access(&server, &json!(good)).await.code(), "none");
}

#[tokio::test]
async fn a_huge_token_is_refused_before_it_is_read() {
    let server = Server::start().await;
    for length in [9_000, 1_000_000] {
        let token = "a".repeat(length);
        let request = server
            .anonymous()
            .request(reqwest::Method::POST, "/graphql");
        let request = request
            .bearer_auth(token)
            .json(&json!({ "query": super::UNITS }));
        // So long a header the host cuts off before it is a request.
        match request.send().await {
            Ok(response) => assert!(
                (400..=431).contains(&response.status().as_u16()),
                "{length}"
            ),
            Err(error) => assert!(length > 100_000, "{error}"),
        }
    }
    // Over a socket there is no limit on headers.
    let mut socket = crate::support::Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {}", "a".repeat(100_000)) });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(socket.close_code().await, 4403);
}
