//! Who is let in by a key, and as what.

use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};
use tubex::auth::api_key::FreshKey;
use tubex::kernel::clock::Clock;

use super::{ADD_UNIT, UNITS, assert_refused, code, key, key_with, shop};
use crate::support::{Answer, Client, Server, Socket, until, vault};

const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The checksum as its description has it, written apart from the program's.
fn with_checksum(body: &str) -> String {
    let mut crc = !0_u32;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    let mut left = u64::from(!crc);
    let mut check = String::new();
    for _ in 0..6 {
        let digit = DIGITS[usize::try_from(left % 62).unwrap()];
        check.insert(0, char::from(digit));
        left /= 62;
    }
    format!("{body}{check}")
}

#[tokio::test]
async fn a_key_opens_its_shop_for_whoever_made_it() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    assert_eq!(with_checksum(&key.secret[..53]), key.secret);
    let viewer = "{ viewer { dealer { id } user { id } } }";
    let data = key.client.get(viewer).await;
    assert_eq!(data, dealer.client.get(viewer).await);
    key.client.get(UNITS).await;
    let added = key.client.get(ADD_UNIT).await;
    assert_eq!(added["unitCreate"]["userErrors"], json!([]));
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let (key, other) = (key(&dealer).await, key(&dealer).await);
    let stranger = FreshKey::generate(&vault()).unwrap();
    // The place of one key with the secret of another, and the checksum that goes with it.
    let mixed = with_checksum(&format!("{}{}", &key.secret[..21], &other.secret[21..53]));
    for (text, hint) in [
        ("tbx_live_", "59 characters"),
        (&key.secret[..58], "59 characters"),
        (&format!("{}x", &key.secret[..58]), "59 characters"),
        (&key.secret.to_lowercase(), "59 characters"),
        (stranger.expose(), "no such API key"),
        (&mixed, "no such API key"),
    ] {
        let client = server.anonymous().with_token(text);
        assert_refused(&client.send(UNITS, json!({})).await, hint);
    }
    let long = format!("tbx_live_{}", "x".repeat(8000));
    let answer = server.anonymous().with_token(&long);
    assert_eq!(answer.send(UNITS, json!({})).await.status, 401);
}

#[tokio::test]
async fn a_key_expires() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), |_settings| {}).await;
    let dealer = shop(&server).await;
    let key = key_with(&dealer, |wish| wish["expiresInDays"] = json!(1)).await;
    server.clock.set(noon + TimeDelta::seconds(86_399));
    assert_eq!(code(&key.client).await, "none");
    server.clock.set(noon + TimeDelta::days(1));
    assert_refused(&key.client.send(UNITS, json!({})).await, "expired");
}

async fn from(client: &Client, address: &str) -> Answer {
    let request = client.request(Method::POST, "/graphql");
    let request = request.header("x-forwarded-for", address);
    let sent = request.json(&json!({ "query": UNITS })).send().await;
    Answer::of(sent.unwrap()).await
}

#[tokio::test]
async fn a_key_is_good_from_its_addresses_only() {
    let server = Server::start_with(|settings| {
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let dealer = shop(&server).await;
    let ranges = json!(["192.0.2.0/24", "2001:db8::7"]);
    let key = key_with(&dealer, |wish| wish["addresses"] = ranges).await;
    for address in ["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::7"] {
        assert_eq!(from(&key.client, address).await.code(), "none", "{address}");
    }
    for address in ["192.0.3.9", "2001:db8::8", "192.0.2.9, 198.51.100.1"] {
        let answer = from(&key.client, address).await;
        assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
    }
    // Nothing is said of addresses to whoever has not the key.
    let wrong = with_checksum(&format!("{}{}", &key.secret[..21], "x".repeat(32)));
    let answer = from(&server.anonymous().with_token(&wrong), "192.0.3.9").await;
    assert_refused(&answer, "no such API key");
}

#[tokio::test]
async fn a_key_is_good_for_no_other_dealer() {
    let server = Server::start().await;
    let (dealer, other) = (shop(&server).await, shop(&server).await);
    let key = key(&dealer).await;
    let request = key.client.request(Method::POST, "/graphql");
    let request = request.header("tubex-dealer", other.id.to_string());
    let sent = request.json(&json!({ "query": UNITS })).send().await;
    let answer = Answer::of(sent.unwrap()).await;
    assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
    let switch = "mutation($id: ID!) { dealerSwitch(input: { dealerId: $id }) { accessToken } }";
    let input = json!({ "id": other.id.to_string() });
    assert_eq!(key.client.send(switch, input).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn what_is_a_persons_own_no_key_can_do() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    for document in [
        "{ sessions { id } }",
        "mutation { logout { ended } }",
        "mutation { sessionRevoke(input: { which: ALL }) { ended } }",
        "mutation { apiKeyCreate(input: { name: \"x\", scopes: [\"units:read\"] }) { secret } }",
        &format!(
            "mutation {{ apiKeyRotate(input: {{ id: \"{}\" }}) {{ secret }} }}",
            key.id
        ),
        &format!(
            "mutation {{ apiKeyRevoke(input: {{ id: \"{}\" }}) {{ apiKey {{ id }} }} }}",
            key.id
        ),
    ] {
        let answer = key.client.send(document, json!({})).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{document}");
    }
    assert_eq!(code(&key.client).await, "none");
}

#[tokio::test]
async fn a_key_in_a_cookie_is_nobody() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    for name in ["tubex_access", "__Host-tubex_access"] {
        let request = server.anonymous().request(Method::POST, "/graphql");
        let request = request.header("cookie", format!("{name}={}", key.secret));
        let sent = request.json(&json!({ "query": UNITS })).send().await;
        let answer = Answer::of(sent.unwrap()).await;
        assert_eq!(answer.body["data"], Value::Null);
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{name}");
    }
}

#[tokio::test]
async fn a_socket_is_opened_by_a_key() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let key = key(&dealer).await;
    let mut socket = Socket::open(&server.url).await;
    socket.init(&key.secret).await;
    let live = "subscription { productChanged { product { sku } } }";
    socket.subscribe("live", live, json!({})).await;
    socket.settle().await;
    dealer.add_product("NEW").await;
    let event = socket.next().await;
    let sku = &event["payload"]["data"]["productChanged"]["product"]["sku"];
    assert_eq!(sku, "NEW");
    super::revoke(&dealer.client, &key.id).await;
    assert_eq!(socket.close_code().await, 4403);
    until("the key is refused", async || {
        code(&key.client).await != "none"
    })
    .await;
    let mut late = Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {}", key.secret) });
    late.send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(late.close_code().await, 4403);
}
