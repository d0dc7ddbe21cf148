//! Endpoints that do not take what they are sent.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Depot, UPDATE, id, run, until_got};
use crate::sms::bridge::{Bridge, Does};
use crate::support::until;

const MAILS: &str = "SELECT count(*) FROM platform.mails WHERE kind = 'WEBHOOK_DISABLED'";
const WARNINGS: &str = "SELECT count(*) FROM platform.mails WHERE kind = 'WEBHOOK_FAILING'";
const FEEDS: &str = "SELECT count(*) FROM platform.webhook_feeds";

async fn state(depot: &Depot) -> Value {
    depot.listed().await[0]["state"].clone()
}

/// Waits until nobody sends anything.
async fn until_idle(depot: &Depot) {
    let running =
        "SELECT count(*) FROM platform.jobs WHERE state = 'RUNNING' AND kind = 'webhooks.deliver'";
    until("nothing is under way", async || {
        depot.count(running).await == 0
    })
    .await;
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_at_once() {
    let depot = Depot::open("webhooks_gone").await;
    let receiver = Bridge::start(&[Does::Answer(410)]).await;
    let made = depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    until("it is disabled", async || state(&depot).await == "GONE").await;
    assert_eq!(depot.count(MAILS).await, 1);
    assert_eq!(depot.count(FEEDS).await, 0);
    let events = depot
        .client()
        .get("{ securityEvents(first: 1) { kind detail } }")
        .await;
    assert_eq!(
        events["securityEvents"][0]["kind"],
        "WEBHOOK_ENDPOINT_DISABLED"
    );
    // Nobody is told any more, and what waits waits.
    depot.tell().await;
    depot.wait(TimeDelta::hours(1));
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(receiver.requests().len(), 1);
    let enable = json!({ "id": id(&made), "expectedVersion": 1, "isEnabled": true });
    let enabled = run(&depot.owner().await, UPDATE, enable).await;
    assert_eq!(enabled["webhookEndpoint"]["state"], "ENABLED");
    assert!(enabled["webhookEndpoint"]["failingSince"].is_null());
    // What it had not taken, and what happens from now on.
    depot.tell().await;
    depot.until_log("DELIVERED", 2).await;
    assert_eq!(receiver.requests().len(), 3);
    couriers.kill();
}

#[tokio::test]
async fn who_fails_for_days_is_warned_of_then_disabled_and_enabled_again() {
    let depot = Depot::open("webhooks_failed").await;
    let receiver = Bridge::start(&vec![Does::Answer(500); 40]).await;
    let made = depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    // A new one each day: each is tried at once, and then by its schedule.
    let mut seen = Vec::new();
    for day in 0..=6 {
        depot.tell().await;
        let tried = receiver.requests().len();
        until("one more was tried", async || {
            let later = receiver.requests().len() > tried;
            later || state(&depot).await != "ENABLED"
        })
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        seen.push((day, depot.count(WARNINGS).await, state(&depot).await));
        depot.wait(TimeDelta::days(1));
        until_idle(&depot).await;
    }
    let warned = seen
        .iter()
        .find(|(_, warnings, _)| *warnings == 1)
        .unwrap()
        .0;
    let disabled = seen
        .iter()
        .find(|(_, _, state)| state == "FAILED")
        .unwrap()
        .0;
    assert!((3..=4).contains(&warned), "{seen:?}");
    assert!((5..=6).contains(&disabled), "{seen:?}");
    assert_eq!(
        (depot.count(WARNINGS).await, depot.count(MAILS).await),
        (1, 1)
    );
    let listed = depot.listed().await;
    let failing = depot.server.clock.now() - time(&listed[0]["failingSince"]);
    assert!(failing >= TimeDelta::days(5));
    let enable = json!({ "id": id(&made), "expectedVersion": 1, "isEnabled": true });
    run(&depot.owner().await, UPDATE, enable).await;
    assert_eq!(state(&depot).await, "ENABLED");
    assert!(depot.listed().await[0]["failingSince"].is_null());
    couriers.kill();
}

#[tokio::test]
async fn an_endpoint_that_asks_for_a_rest_has_it() {
    let depot = Depot::open("webhooks_429").await;
    let receiver = Bridge::start(&[Does::AnswerWith(429, "retry-after: 600")]).await;
    depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    until("it rests", async || {
        depot.listed().await[0]["restingUntil"].is_string()
    })
    .await;
    let rest = time(&depot.listed().await[0]["restingUntil"]) - depot.server.clock.now();
    assert_eq!(rest, TimeDelta::seconds(600));
    // Neither what was tried nor what is new is sent meanwhile.
    depot.tell().await;
    depot.wait(TimeDelta::seconds(599));
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(receiver.requests().len(), 1);
    depot.wait(TimeDelta::seconds(1));
    until_got(&receiver, 3).await;
    depot.until_log("DELIVERED", 2).await;
    assert!(depot.listed().await[0]["restingUntil"].is_null());
    couriers.kill();
}

#[tokio::test]
async fn many_failures_make_an_endpoint_rest_and_one_message_tries_it() {
    let depot = Depot::open("webhooks_circuit").await;
    let receiver = Bridge::start(&vec![Does::Answer(500); 8]).await;
    depot.endpoint(&receiver, &["*"]).await;
    for _ in 0..12 {
        depot.tell().await;
    }
    let couriers = depot.couriers();
    until("it rests", async || {
        depot.listed().await[0]["restingUntil"].is_string()
    })
    .await;
    until_idle(&depot).await;
    // No more than were under way when the fifth failed.
    let tried = receiver.requests().len();
    assert!((5..=8).contains(&tried), "{tried}");
    // One after each rest, and as one is taken, all others.
    for tried in tried + 1..=8 {
        depot.wait(TimeDelta::hours(3));
        until_got(&receiver, tried).await;
        until_idle(&depot).await;
        assert_eq!(receiver.requests().len(), tried);
    }
    depot.wait(TimeDelta::hours(3));
    depot.until_log("DELIVERED", 12).await;
    couriers.kill();
}
