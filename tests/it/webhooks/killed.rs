//! Whoever dies at work: what he had is sent by others.

use std::time::Duration;

use serde_json::json;
use tubex::kernel::clock::Clock;

use super::{Depot, until_got};
use crate::sms::bridge::{Bridge, Does};
use crate::support::{until, until_within};

#[tokio::test]
async fn what_was_under_way_comes_again_under_the_same_id() {
    let depot = Depot::open_with("webhooks_killed", Clock::system(), |_settings| {}).await;
    let receiver = Bridge::start(&[Does::Hang]).await;
    depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    until_got(&receiver, 1).await;
    couriers.kill();
    for _ in 0..3 {
        depot.tell().await;
    }
    let heirs = depot.couriers();
    until_within(Duration::from_mins(1), "all are there", async || {
        depot.log(json!({ "state": "DELIVERED" })).await.len() == 4
    })
    .await;
    let requests = receiver.requests();
    let ids: std::collections::BTreeSet<&str> = requests
        .iter()
        .map(|request| request.header("webhook-id"))
        .collect();
    assert_eq!((requests.len(), ids.len()), (5, 4));
    let first = requests[0].header("webhook-id");
    let again = requests
        .iter()
        .filter(|one| one.header("webhook-id") == first);
    assert_eq!(again.count(), 2);
    heirs.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_was_told_while_nobody_was_there_is_sent_by_the_next() {
    let depot = Depot::open_with("webhooks_nobody", Clock::system(), |_settings| {}).await;
    let receiver = Bridge::start(&[]).await;
    depot.endpoint(&receiver, &["*"]).await;
    for _ in 0..250 {
        depot.tell().await;
    }
    let couriers = [depot.couriers(), depot.couriers()];
    until_within(Duration::from_mins(1), "all are there", async || {
        receiver.requests().len() >= 250
    })
    .await;
    until("all are noted", async || {
        depot
            .count("SELECT count(*) FROM platform.webhook_deliveries WHERE state = 'DELIVERED'")
            .await
            == 250
    })
    .await;
    let requests = receiver.requests();
    let ids: std::collections::BTreeSet<&str> = requests
        .iter()
        .map(|request| request.header("webhook-id"))
        .collect();
    assert_eq!(
        (ids.len(), requests.len()),
        (250, 250),
        "two nodes send each once"
    );
    for one in couriers {
        one.stop(Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn a_suspended_dealers_webhooks_wait() {
    let depot = Depot::open_with("webhooks_suspended", Clock::system(), |_settings| {}).await;
    let receiver = Bridge::start(&[]).await;
    depot.endpoint(&receiver, &["*"]).await;
    depot.tell().await;
    let set = |status: &str| {
        format!("UPDATE platform.dealers SET status = '{status}' WHERE status <> 'SPARE'")
    };
    depot.sql.batch_execute(&set("SUSPENDED")).await.unwrap();
    let couriers = depot.couriers();
    until("it has become a webhook", async || {
        depot
            .count("SELECT count(*) FROM platform.webhook_deliveries")
            .await
            == 1
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(receiver.requests().is_empty());
    depot.sql.batch_execute(&set("ACTIVE")).await.unwrap();
    until_got(&receiver, 1).await;
    couriers.kill();
}
