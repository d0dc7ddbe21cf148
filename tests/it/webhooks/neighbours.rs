//! A receiver that does not answer keeps nobody else waiting.

use std::time::Duration;

use serde_json::json;
use tubex::kernel::clock::Clock;

use super::{Depot, endpoint, signed_in, tell, until_got};
use crate::sms::bridge::{Bridge, Does};

#[tokio::test]
async fn a_dead_endpoint_slows_no_other() {
    let depot = Depot::open_with("webhooks_dead", Clock::system(), |settings| {
        settings.webhooks.webhook_timeout_ms = Duration::from_secs(10);
    })
    .await;
    let dead = Bridge::start(&vec![Does::Hang; 100]).await;
    let (beside, elsewhere) = (Bridge::start(&[]).await, Bridge::start(&[]).await);
    let other = depot.server.dealer().await;
    let others = signed_in(&depot.server, &other).await;
    depot.endpoint(&dead, &["*"]).await;
    depot.endpoint(&beside, &["*"]).await;
    endpoint(&others, &elsewhere.url, &["*"]).await;
    let couriers = depot.couriers();
    // First of all, the dead one has something to do.
    depot.tell().await;
    until_got(&dead, 1).await;
    for _ in 0..15 {
        depot.tell().await;
        tell(&others).await;
    }
    let began = std::time::Instant::now();
    until_got(&beside, 16).await;
    until_got(&elsewhere, 15).await;
    // As long as the dead one has not even been given up.
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    assert!(dead.requests().len() <= 4, "no more than four under way");
    depot.until_log("DELIVERED", 16).await;
    assert_eq!(depot.log(json!({ "state": "PENDING" })).await.len(), 16);
    couriers.kill();
}

#[tokio::test]
async fn places_are_left_for_jobs_and_a_full_house_waits_for_its_turn() {
    let depot = Depot::open_with("webhooks_places", Clock::system(), |settings| {
        settings.webhooks.webhooks_at_once = 2;
        settings.webhooks.webhook_timeout_ms = Duration::from_secs(3);
    })
    .await;
    let dead = Bridge::start(&vec![Does::Hang; 100]).await;
    for _ in 0..3 {
        depot.endpoint(&dead, &["*"]).await;
    }
    let healthy = Bridge::start(&[]).await;
    let other = depot.server.dealer().await;
    let others = signed_in(&depot.server, &other).await;
    endpoint(&others, &healthy.url, &["*"]).await;
    let couriers = depot.couriers();
    for _ in 0..3 {
        depot.tell().await;
    }
    until_got(&dead, 3).await;
    // Half of the places are kept for other dealers.
    tell(&others).await;
    let began = std::time::Instant::now();
    until_got(&healthy, 1).await;
    assert!(
        began.elapsed() < Duration::from_millis(2500),
        "{:?}",
        began.elapsed()
    );
    couriers.kill();
}
