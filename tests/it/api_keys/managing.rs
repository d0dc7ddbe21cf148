//! Making, rotating and revoking keys.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use super::{
    Key, LIST, UNITS, assert_refused, code, create, input, key, key_with, revoke, rotate, shop,
};
use crate::support::{Server, owner, until};

type Change = fn(&mut Value);

/// Codes and fields of the refusals.
fn refusals(payload: &Value) -> Vec<(&str, &str)> {
    assert!(payload["apiKey"].is_null() && payload["secret"].is_null());
    let errors = payload["userErrors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            let field = error["path"][1].as_str().unwrap_or_default();
            (error["code"].as_str().unwrap(), field)
        })
        .collect()
}

#[tokio::test]
async fn a_key_is_shown_once_and_kept_nowhere() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let mut wish = input();
    wish["addresses"] = json!(["192.0.2.7/24", "2001:db8::1"]);
    let made = create(&dealer.client, wish).await;
    let (secret, shown) = (made["secret"].as_str().unwrap(), &made["apiKey"]);
    assert_eq!(shown["beginsWith"], secret[..21]);
    // Who changes a thing sees it.
    assert_eq!(
        shown["scopes"],
        json!(["products:read", "units:read", "units:manage"])
    );
    assert_eq!(
        shown["addresses"],
        json!(["192.0.2.0/24", "2001:db8::1/128"])
    );
    assert_eq!(shown["createdById"], dealer.owner.to_string());
    assert_eq!(shown["isGood"], true);
    let listed = dealer.client.get(LIST).await;
    assert_eq!(listed["apiKeys"][0]["id"], shown["id"]);
    let row = "SELECT k::text FROM platform.api_keys k WHERE dealer_id = $1::text::uuid";
    let conn = owner().await;
    let row = conn
        .query_one(row, &[&dealer.id.uuid().to_string()])
        .await
        .unwrap();
    let stored: String = row.get(0);
    assert!(stored.contains(&secret[9..21]) && !stored.contains(&secret[21..53]));
}

#[tokio::test]
async fn a_wish_that_can_not_be_met_is_refused() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let changes: [(Change, &str); 10] = [
        (|wish| wish["name"] = json!(" "), "name"),
        (|wish| wish["scopes"] = json!([]), "scopes"),
        (|wish| wish["scopes"] = json!(["everything"]), "scopes"),
        (|wish| wish["scopes"] = json!(["api_keys:manage"]), "scopes"),
        (|wish| wish["scopes"] = json!(["members:manage"]), "scopes"),
        (
            |wish| wish["addresses"] = json!(["example.com"]),
            "addresses",
        ),
        (
            |wish| wish["addresses"] = json!(vec!["192.0.2.1"; 21]),
            "addresses",
        ),
        (|wish| wish["expiresInDays"] = json!(0), "expiresInDays"),
        (|wish| wish["expiresInDays"] = json!(3651), "expiresInDays"),
        (
            |wish| wish["expiresInDays"] = json!(i32::MIN),
            "expiresInDays",
        ),
    ];
    for (number, (change, field)) in changes.into_iter().enumerate() {
        let mut wish = input();
        change(&mut wish);
        let payload = create(&dealer.client, wish).await;
        assert_eq!(refusals(&payload), [("BAD_USER_INPUT", field)], "{number}");
    }
    let all = json!({ "name": "", "scopes": [], "addresses": ["x"], "expiresInDays": 0 });
    let payload = create(&dealer.client, all).await;
    let fields: Vec<&str> = refusals(&payload).iter().map(|(_, field)| *field).collect();
    assert_eq!(fields, ["name", "expiresInDays", "scopes", "addresses"]);
    assert_eq!(dealer.client.get(LIST).await["apiKeys"], json!([]));
}

#[tokio::test]
async fn a_rotated_key_is_good_beside_the_next_for_some_days() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), |_settings| {}).await;
    let dealer = shop(&server).await;
    let old = key_with(&dealer, |wish| wish["addresses"] = json!(["2001:db8::/32"])).await;
    old.client.get(UNITS).await;
    let made = rotate(&dealer.client, json!({ "id": old.id, "overlapDays": 2 })).await;
    assert_eq!(made["apiKey"]["addresses"], json!(["2001:db8::/32"]));
    assert_eq!(made["apiKey"]["name"], "Till");
    let new = Key::of(&made, &dealer.client);
    let listed = dealer.client.get(LIST).await;
    assert_eq!(listed["apiKeys"][1]["replacedById"], new.id);
    server
        .clock
        .set(noon + TimeDelta::days(2) - TimeDelta::seconds(1));
    assert_eq!(code(&old.client).await, "none");
    assert_eq!(code(&new.client).await, "none");
    server.clock.set(noon + TimeDelta::days(2));
    // That it was rotated is heard of within a second.
    until("the old key is refused", async || {
        code(&old.client).await != "none"
    })
    .await;
    assert_refused(&old.client.send(UNITS, json!({})).await, "expired");
    assert_eq!(code(&new.client).await, "none");
}

#[tokio::test]
async fn a_key_rotated_without_overlap_ends_within_a_second() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let old = key(&dealer).await;
    old.client.get(UNITS).await;
    let made = rotate(&dealer.client, json!({ "id": old.id, "overlapDays": 0 })).await;
    until("the old key is refused", async || {
        code(&old.client).await != "none"
    })
    .await;
    assert_eq!(code(&Key::of(&made, &dealer.client).client).await, "none");
}

#[tokio::test]
async fn a_key_is_rotated_once() {
    let server = Server::start().await;
    let (dealer, other) = (shop(&server).await, shop(&server).await);
    let key = key(&dealer).await;
    let wish = |days: i32| json!({ "id": key.id, "overlapDays": days });
    for days in [-1, 8] {
        let payload = rotate(&dealer.client, wish(days)).await;
        assert_eq!(refusals(&payload), [("BAD_USER_INPUT", "overlapDays")]);
    }
    let payload = rotate(&other.client, wish(1)).await;
    assert_eq!(refusals(&payload), [("NOT_FOUND", "id")]);
    let (one, two) = tokio::join!(
        rotate(&dealer.client, wish(7)),
        rotate(&dealer.client, wish(7))
    );
    let refused = if one["secret"].is_null() { &one } else { &two };
    assert_eq!(refusals(refused), [("NOT_ALLOWED", "id")]);
    // Of the one that was refused nothing is left.
    let listed = dealer.client.get(LIST).await;
    assert_eq!(listed["apiKeys"].as_array().unwrap().len(), 2);
    revoke(&dealer.client, &key.id).await;
    let payload = rotate(&dealer.client, wish(1)).await;
    assert_eq!(refusals(&payload), [("NOT_ALLOWED", "id")]);
}

#[tokio::test]
async fn a_key_is_revoked_once_and_by_its_dealer() {
    let server = Server::start().await;
    let (dealer, other) = (shop(&server).await, shop(&server).await);
    let key = key(&dealer).await;
    let refused = revoke(&other.client, &key.id).await;
    assert_eq!(refusals(&refused), [("NOT_FOUND", "id")]);
    assert_eq!(code(&key.client).await, "none");
    let first = revoke(&dealer.client, &key.id).await;
    assert_eq!(first["apiKey"]["isGood"], false);
    assert_eq!(revoke(&dealer.client, &key.id).await, first);
    until("the key is refused", async || {
        code(&key.client).await != "none"
    })
    .await;
    assert_refused(&key.client.send(UNITS, json!({})).await, "revoked");
}

#[tokio::test]
async fn what_is_done_to_keys_is_told_to_the_dealer() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let old = key(&dealer).await;
    let new = rotate(&dealer.client, json!({ "id": old.id })).await;
    let new = new["apiKey"]["id"].as_str().unwrap();
    revoke(&dealer.client, new).await;
    revoke(&dealer.client, new).await;
    let events = "{ securityEvents { kind userId detail } }";
    let events = dealer.client.get(events).await;
    let told = |kind: &str, id: &str| json!({ "kind": kind, "userId": dealer.owner.to_string(), "detail": format!("{id} Till") });
    assert_eq!(
        events["securityEvents"],
        json!([
            told("API_KEY_REVOKED", new),
            told("API_KEY_ROTATED", new),
            told("API_KEY_CREATED", &old.id),
            { "kind": "LOGGED_IN", "userId": dealer.owner.to_string(), "detail": null },
        ])
    );
}

#[tokio::test]
async fn a_dealer_has_a_hundred_good_keys_at_most() {
    let server = Server::start().await;
    let dealer = shop(&server).await;
    let mut last = String::new();
    for _ in 0..100 {
        last = key(&dealer).await.id;
    }
    let payload = create(&dealer.client, input()).await;
    assert_eq!(refusals(&payload), [("LIMIT_EXCEEDED", "")]);
    revoke(&dealer.client, &last).await;
    key(&dealer).await;
    let page = "{ a: apiKeys(first: 3) { id } }";
    let first = dealer.client.get(page).await;
    let before = &first["a"][0]["id"];
    let next = "query($before: ID) { a: apiKeys(first: 2, before: $before) { id } }";
    let next = dealer.client.run(next, json!({ "before": before })).await;
    assert_eq!(next["a"], json!([first["a"][1], first["a"][2]]));
    for wrong in ["0", "201"] {
        let document = format!("{{ apiKeys(first: {wrong}) {{ id }} }}");
        let answer = dealer.client.send(&document, json!({})).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn who_makes_keys_has_just_shown_who_he_is() {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let server = Server::start_at(Clock::fixed(noon), |_settings| {}).await;
    let dealer = shop(&server).await;
    let old = key(&dealer).await;
    server.clock.set(noon + TimeDelta::minutes(11));
    let payload = create(&dealer.client, input()).await;
    assert_eq!(refusals(&payload), [("STEP_UP_REQUIRED", "")]);
    let payload = rotate(&dealer.client, json!({ "id": old.id })).await;
    assert_eq!(refusals(&payload), [("STEP_UP_REQUIRED", "")]);
    // Taking a key away is never made hard.
    let revoked = revoke(&dealer.client, &old.id).await;
    assert_eq!(revoked["userErrors"], json!([]));
}
