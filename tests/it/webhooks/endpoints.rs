//! Making, changing and deleting endpoints, and who may.

use chrono::TimeDelta;
use serde_json::json;
use tubex::platform::webhooks::upkeep::PruneWebhooks;

use super::{
    CREATE, DELETE, Depot, LIST, ROTATE, TEST, UPDATE, endpoint, id, refusal, run, signed_in,
};
use crate::sms::bridge::Bridge;

const HOOK: &str = "https://hooks.example/tubex";

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_sealed() {
    let depot = Depot::open("webhooks_secret").await;
    let made = endpoint(&depot.owner().await, HOOK, &["*"]).await;
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(secret.len(), "whsec_".len() + 44);
    let rows = depot
        .sql
        .query("SELECT s::text FROM platform.webhook_secrets s", &[])
        .await
        .unwrap();
    let stored: String = rows[0].get(0);
    let bytes =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &secret[6..]).unwrap();
    let hex = tubex::kernel::hex::encode(&bytes);
    assert!(!stored.contains(secret) && !stored.contains(&hex));
    assert!(!depot.listed().await.to_string().contains(secret));
    let events = depot
        .client()
        .get("{ securityEvents(first: 1) { kind detail } }")
        .await;
    assert_eq!(
        events["securityEvents"][0]["kind"],
        "WEBHOOK_ENDPOINT_CREATED"
    );
    assert!(!events.to_string().contains(secret));
}

#[tokio::test]
async fn wishes_that_can_not_be_met_are_refused() {
    let depot = Depot::open("webhooks_wishes").await;
    let long = format!("https://hooks.example/{}", "x".repeat(2000));
    for (input, field) in [
        (json!({ "url": HOOK, "events": [] }), "events"),
        (
            json!({ "url": HOOK, "events": ["product.eaten"] }),
            "events",
        ),
        (json!({ "url": HOOK, "events": ["prod*"] }), "events"),
        (json!({ "url": HOOK, "events": vec!["*"; 101] }), "events"),
        (json!({ "url": long, "events": ["*"] }), "url"),
        (
            json!({ "url": HOOK, "events": ["*"], "description": "x".repeat(501) }),
            "description",
        ),
    ] {
        let made = run(&depot.owner().await, CREATE, input).await;
        assert_eq!(refusal(&made), ("BAD_USER_INPUT", field));
    }
    let made = run(
        &depot.owner().await,
        CREATE,
        json!({ "url": "", "events": [], "description": "\u{1}" }),
    )
    .await;
    assert_eq!(
        made["userErrors"].as_array().unwrap().len(),
        3,
        "all at once"
    );
    for _ in 0..20 {
        endpoint(&depot.owner().await, HOOK, &["*", "*", "unit.*"]).await;
    }
    let made = run(
        &depot.owner().await,
        CREATE,
        json!({ "url": HOOK, "events": ["*"] }),
    )
    .await;
    assert_eq!(refusal(&made).0, "LIMIT_EXCEEDED");
    let listed = depot.listed().await;
    assert_eq!(listed.as_array().unwrap().len(), 20);
    assert_eq!(listed[0]["events"], json!(["*", "unit.*"]));
    let rotate = |days: i32| json!({ "id": listed[0]["id"], "overlapDays": days });
    for days in [-1, 8] {
        let rotated = run(&depot.owner().await, ROTATE, rotate(days)).await;
        assert_eq!(refusal(&rotated), ("BAD_USER_INPUT", "overlapDays"));
    }
}

/// A secret that was promised to go on is not taken away, and headers do not grow without
/// end: the sixth is refused until there is room, or the present one is given up.
#[tokio::test]
async fn a_secret_in_use_is_not_thrown_away_for_another() {
    let depot = Depot::open("webhooks_rotations").await;
    let made = endpoint(&depot.owner().await, HOOK, &["*"]).await;
    let rotate = async |days: i32| {
        let input = json!({ "id": id(&made), "overlapDays": days });
        run(&depot.owner().await, ROTATE, input).await
    };
    for in_use in 2..=5 {
        let rotated = rotate(7).await;
        assert_eq!(rotated["webhookEndpoint"]["secretsInUse"], in_use);
    }
    let refused = rotate(7).await;
    assert_eq!(refusal(&refused), ("LIMIT_EXCEEDED", "id"));
    let message = refused["userErrors"][0]["message"].as_str().unwrap();
    let until = super::noon() + TimeDelta::days(7);
    let until = until.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    assert!(message.contains(&until), "{message}");
    // One that somebody has seen can be replaced at any time.
    let rotated = rotate(0).await;
    assert_eq!(rotated["webhookEndpoint"]["secretsInUse"], 5, "{rotated:#}");
    assert_eq!(refusal(&rotate(1).await).0, "LIMIT_EXCEEDED");
    depot.wait(TimeDelta::days(7));
    let rotated = rotate(1).await;
    assert_eq!(rotated["webhookEndpoint"]["secretsInUse"], 2, "{rotated:#}");
}

#[tokio::test]
async fn changes_are_of_the_version_that_was_read() {
    let depot = Depot::open("webhooks_changes").await;
    let made = endpoint(&depot.owner().await, HOOK, &["*"]).await;
    let change = json!({ "id": id(&made), "expectedVersion": 1, "events": ["unit.created"],
        "description": "The ERP", "url": "https://other.example/" });
    let changed = run(&depot.owner().await, UPDATE, change.clone()).await;
    assert_eq!(changed["webhookEndpoint"]["description"], "The ERP");
    assert_eq!(changed["webhookEndpoint"]["version"], 2);
    assert_eq!(changed["webhookEndpoint"]["url"], "https://other.example/");
    let again = run(&depot.owner().await, UPDATE, change).await;
    assert_eq!(refusal(&again), ("CONFLICT", "expectedVersion"));
    let cleared = json!({ "id": id(&made), "expectedVersion": 2, "description": null });
    let cleared = run(&depot.owner().await, UPDATE, cleared).await;
    assert!(cleared["webhookEndpoint"]["description"].is_null());
    let deleted = run(&depot.owner().await, DELETE, json!({ "id": id(&made) })).await;
    assert_eq!(deleted["userErrors"], json!([]));
    assert_eq!(depot.listed().await, json!([]));
    for (mutation, input) in [
        (DELETE, json!({ "id": id(&made) })),
        (TEST, json!({ "id": id(&made) })),
        (ROTATE, json!({ "id": id(&made) })),
        (UPDATE, json!({ "id": id(&made), "expectedVersion": 3 })),
    ] {
        let payload = run(&depot.owner().await, mutation, input).await;
        assert_eq!(refusal(&payload), ("NOT_FOUND", "id"));
    }
    assert_eq!(
        depot
            .count("SELECT count(*) FROM platform.webhook_secrets")
            .await,
        0
    );
    assert_eq!(
        depot
            .count("SELECT count(*) FROM platform.webhook_feeds")
            .await,
        0
    );
}

#[tokio::test]
async fn only_people_who_have_just_shown_who_they_are_say_where_events_go() {
    let depot = Depot::open("webhooks_people").await;
    let client = depot.owner().await;
    let made = endpoint(&client, HOOK, &["*"]).await;
    let key = "mutation { apiKeyCreate(input: { name: \"ERP\", scopes: [\"webhooks:read\"] }) { secret userErrors { message } } }";
    let key = client.get(key).await["apiKeyCreate"]["secret"].clone();
    let program = client.with_token(key.as_str().unwrap());
    assert_eq!(
        program.get(LIST).await["webhookEndpoints"][0]["id"],
        id(&made)
    );
    let input = json!({ "input": { "url": HOOK, "events": ["*"] } });
    let refused = program.send(CREATE, input.clone()).await;
    assert_eq!(refused.code(), "FORBIDDEN");
    let granted = "mutation { apiKeyCreate(input: { name: \"ERP\", scopes: [\"webhooks:manage\"] }) { secret userErrors { code } } }";
    let granted = client.get(granted).await;
    assert_eq!(
        granted["apiKeyCreate"]["userErrors"][0]["code"],
        "BAD_USER_INPUT"
    );
    // An hour later it may be somebody else at his desk.
    depot.wait(TimeDelta::minutes(11));
    let stale = [
        (CREATE, json!({ "url": HOOK, "events": ["*"] })),
        (ROTATE, json!({ "id": id(&made) })),
        (
            UPDATE,
            json!({ "id": id(&made), "expectedVersion": 1, "url": HOOK }),
        ),
    ];
    for (mutation, input) in stale {
        let payload = run(&client, mutation, input).await;
        assert_eq!(refusal(&payload).0, "STEP_UP_REQUIRED", "{mutation}");
    }
    let described = json!({ "id": id(&made), "expectedVersion": 1, "description": "The ERP" });
    assert_eq!(
        run(&client, UPDATE, described).await["userErrors"],
        json!([])
    );
}

#[tokio::test]
async fn dealers_have_endpoints_of_their_own() {
    let depot = Depot::open("webhooks_dealers").await;
    let made = endpoint(&depot.owner().await, HOOK, &["*"]).await;
    run(&depot.owner().await, TEST, json!({ "id": id(&made) })).await;
    let other = depot.server.dealer().await;
    let others = signed_in(&depot.server, &other).await;
    let data = others
        .get("{ webhookEndpoints { id } webhookDeliveries { totalCount nodes { id } } }")
        .await;
    assert_eq!(data["webhookEndpoints"], json!([]));
    assert_eq!(data["webhookDeliveries"]["totalCount"], 0);
    for (mutation, input) in [
        (DELETE, json!({ "id": id(&made) })),
        (TEST, json!({ "id": id(&made) })),
        (ROTATE, json!({ "id": id(&made) })),
        (
            UPDATE,
            json!({ "id": id(&made), "expectedVersion": 1, "isEnabled": false }),
        ),
    ] {
        let payload = run(&others, mutation, input).await;
        assert_eq!(refusal(&payload), ("NOT_FOUND", "id"));
    }
    assert_eq!(depot.listed().await[0]["state"], "ENABLED");
}

#[tokio::test]
async fn old_deliveries_and_deleted_endpoints_are_thrown_away() {
    use std::sync::Arc;
    use tubex::config::JobSettings;
    use tubex::jobs::upkeep::Nothing;
    use tubex::jobs::{JobOrder, Queue, Registry};

    let depot = Depot::open("webhooks_upkeep").await;
    let receiver = Bridge::start(&[]).await;
    let (kept, deleted) = (
        depot.endpoint(&receiver, &["*"]).await,
        depot.endpoint(&receiver, &["*"]).await,
    );
    for made in [&kept, &deleted] {
        run(&depot.owner().await, TEST, json!({ "id": id(made) })).await;
    }
    depot.wait(TimeDelta::days(31));
    let client = signed_in(&depot.server, &depot.dealer).await;
    run(&client, TEST, json!({ "id": id(&kept) })).await;
    run(&client, TEST, json!({ "id": id(&deleted) })).await;
    run(&client, DELETE, json!({ "id": id(&deleted) })).await;
    let app = &depot.server.app;
    let settings = JobSettings {
        workers_jobs: 2,
        ..app.settings.jobs.clone()
    };
    let registry = Arc::new(Registry::default().with(PruneWebhooks));
    let worker = app
        .core
        .worker(app.job_parts(), registry, &settings)
        .unwrap();
    let mut conn = app.core.control.checkout().await.unwrap();
    let order = JobOrder::of::<PruneWebhooks>(&Nothing {}).unwrap();
    Queue::enqueue_for(&mut conn, None, &order).await.unwrap();
    crate::support::until("all but one are gone", async || {
        let rows = "SELECT count(*) + (SELECT count(*) FROM platform.webhook_endpoints) FROM platform.webhook_deliveries";
        depot.count(rows).await == 2
    })
    .await;
    drop(worker);
}
