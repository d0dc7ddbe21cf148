//! What reaches receivers, and when it is tried again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;
use tubex::platform::operator::fleet::Census;
use tubex::platform::webhooks::model::EndpointState;

use super::{CREATE, Depot, ROTATE, TEST, id, run, until_got};
use crate::sms::bridge::{Bridge, Does, Request};

/// Whether one of the request's signatures is by this secret or public key, told by code
/// that signs nothing.
fn is_signed_by(request: &Request, key: &str) -> bool {
    let (id, at) = (
        request.header("webhook-id"),
        request.header("webhook-timestamp"),
    );
    let signed = format!("{id}.{at}.{}", request.text);
    let (kind, key) = key.split_once('_').unwrap();
    let key = STANDARD.decode(key).unwrap();
    request.header("webhook-signature").split(' ').any(|one| {
        let (version, signature) = one.split_once(',').unwrap();
        let signature = STANDARD.decode(signature).unwrap();
        match (version, kind) {
            ("v1", "whsec") => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
                ring::hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
            }
            ("v1a", "whpk") => UnparsedPublicKey::new(&ED25519, &key)
                .verify(signed.as_bytes(), &signature)
                .is_ok(),
            _ => false,
        }
    })
}

#[tokio::test]
async fn an_event_reaches_all_who_want_it_signed_and_once() {
    let depot = Depot::open_with("webhooks_reach", Clock::system(), |_settings| {}).await;
    let couriers = depot.couriers();
    let (all, some, none) = (
        Bridge::start(&[]).await,
        Bridge::start(&[]).await,
        Bridge::start(&[]).await,
    );
    let by_secret = depot.endpoint(&all, &["*"]).await;
    let input = json!({ "url": format!("{}/hooks?a=b", some.url), "events": ["unit.*"],
        "signature": "ED25519" });
    let by_key = run(&depot.owner().await, CREATE, input).await;
    depot
        .endpoint(&none, &["product.created", "warehouse.*"])
        .await;
    depot.tell().await;
    for receiver in [&all, &some] {
        until_got(receiver, 1).await;
    }
    let delivered = depot.until_log("DELIVERED", 2).await;
    let [first] = all.requests().try_into().unwrap();
    let [other] = some.requests().try_into().unwrap();
    assert!(none.requests().is_empty());
    assert_eq!(other.line, "POST /hooks?a=b HTTP/1.1");
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.text, other.text);
    assert_eq!(first.header("webhook-id"), other.header("webhook-id"));
    assert_eq!(first.body["type"], "unit.created");
    assert_eq!(first.body["data"]["name"], "Unit");
    let event = first.body["eventId"].as_str().unwrap();
    for delivery in &delivered {
        assert_eq!(delivery["eventId"], event);
        assert_eq!(delivery["messageId"], first.header("webhook-id"));
        assert_eq!(delivery["body"], first.text);
        let attempts = delivery["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 1);
        assert_eq!(
            (&attempts[0]["status"], &attempts[0]["answer"]),
            (&json!(202), &json!("as is"))
        );
        assert!(attempts[0]["fault"].is_null());
    }
    let secret = by_secret["secret"].as_str().unwrap();
    let public = by_key["webhookEndpoint"]["publicKeys"][0].as_str().unwrap();
    assert!(by_key["secret"].is_null());
    assert!(is_signed_by(&first, secret) && is_signed_by(&other, public));
    assert!(!is_signed_by(&first, public) && !is_signed_by(&other, secret));
    let age = Utc::now().timestamp() - first.header("webhook-timestamp").parse::<i64>().unwrap();
    assert!((0..60).contains(&age));
    let listed = depot.listed().await;
    assert_eq!(listed[0]["deliveredCount"], 1);
    assert!(listed[0]["lastSuccessAt"].is_string() && listed[0]["failingSince"].is_null());
    let app = &depot.server.app;
    assert_eq!(app.webhooks.figures().attempts()[0], ("taken", 2));
    let census = Census::take(&app.core.control).await.unwrap().webhooks;
    assert_eq!(census.endpoints[0], (EndpointState::Enabled, 3));
    assert_eq!(census.failing, 0);
    couriers.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn both_secrets_sign_until_the_old_one_ends() {
    let depot = Depot::open("webhooks_rotate").await;
    let couriers = depot.couriers();
    let receiver = Bridge::start(&[]).await;
    let made = depot.endpoint(&receiver, &["*"]).await;
    let old = made["secret"].as_str().unwrap();
    let input = json!({ "id": id(&made), "overlapDays": 2, "signature": "ED25519" });
    let rotated = run(&depot.owner().await, ROTATE, input).await;
    let new = rotated["webhookEndpoint"]["publicKeys"][0]
        .as_str()
        .unwrap();
    assert_eq!(rotated["webhookEndpoint"]["secretsInUse"], 2);
    let ping = async |number: usize| {
        let sent = run(&depot.owner().await, TEST, json!({ "id": id(&made) })).await;
        until_got(&receiver, number).await;
        let request = receiver.requests().pop().unwrap();
        assert_eq!(
            sent["webhookDelivery"]["messageId"],
            request.header("webhook-id")
        );
        assert_eq!(request.body["type"], "webhook.ping");
        (is_signed_by(&request, old), is_signed_by(&request, new))
    };
    assert_eq!(ping(1).await, (true, true));
    depot.wait(TimeDelta::days(2));
    assert_eq!(ping(2).await, (false, true));
    couriers.kill();
}

/// When the only delivery is due.
async fn due(depot: &Depot) -> DateTime<Utc> {
    let log = depot.log(json!({})).await;
    log[0]["dueAt"].as_str().unwrap().parse().unwrap()
}

async fn attempts(depot: &Depot) -> Vec<Value> {
    let log = depot.log(json!({})).await;
    let first = log.first().and_then(|one| one["attempts"].as_array());
    first.cloned().unwrap_or_default()
}

#[tokio::test]
async fn what_is_not_taken_is_tried_ten_times_over_three_days() {
    let depot = Depot::open("webhooks_schedule").await;
    let receiver = Bridge::start(&vec![Does::Answer(500); 10]).await;
    depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    let pauses_s = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (index, pause) in pauses_s.into_iter().enumerate() {
        crate::support::until("it is noted", async || {
            attempts(&depot).await.len() == index + 1
        })
        .await;
        let now = depot.server.clock.now();
        let waited = (due(&depot).await - now).num_milliseconds();
        let (least, most) = (pause * 900, pause * 1100);
        assert!((least..=most).contains(&waited), "{index}: {waited}");
        depot.server.clock.set(due(&depot).await);
    }
    let [given_up] = depot.until_log("FAILED", 1).await.try_into().unwrap();
    assert!(given_up["dueAt"].is_null() && given_up["finishedAt"].is_string());
    let requests = receiver.requests();
    assert_eq!(requests.len(), 10);
    for request in &requests {
        assert_eq!(
            request.header("webhook-id"),
            requests[0].header("webhook-id")
        );
        assert_eq!(request.text, requests[0].text);
    }
    let times: std::collections::BTreeSet<&str> = requests
        .iter()
        .map(|request| request.header("webhook-timestamp"))
        .collect();
    assert_eq!(times.len(), 10, "each is signed anew");
    for (index, attempt) in attempts(&depot).await.iter().enumerate() {
        assert_eq!(attempt["number"], index + 1);
        assert_eq!(
            (&attempt["status"], &attempt["fault"]),
            (&json!(500), &json!("STATUS"))
        );
    }
    couriers.kill();
}
