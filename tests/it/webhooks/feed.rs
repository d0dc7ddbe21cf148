//! From events to deliveries: each once, none lost with a hint, none deleted before.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use tubex::app::request_pool;
use tubex::db::observe::StatementCount;
use tubex::dealer::catalog::products::events::{ProductFacts, ProductUpdated};
use tubex::dealer::catalog::products::model::ProductId;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::platform::webhooks::feed::Feeder;
use tubex::tenancy::{Access, TenantPool};

use super::{Depot, UPDATE, id, noon, run, until_got};
use crate::sms::bridge::Bridge;
use crate::support::until_within;

const DELIVERIES: &str = "SELECT count(*) FROM platform.webhook_deliveries";

fn feeder(depot: &Depot) -> Feeder {
    let app = &depot.server.app;
    Feeder {
        webhooks: app.webhooks.clone(),
        directory: app.directory.clone(),
        tenants: app.tenants.clone(),
    }
}

/// Tells so many events in one transaction, and hints at them to nobody.
async fn tell_silently(depot: &Depot, count: usize) {
    let app = &depot.server.app;
    let settings = request_pool(&depot.server.database);
    let clock = depot.server.clock.clone();
    let pool = TenantPool::new(&app.core.connector, settings, EventBus::local(), clock);
    let context = app
        .directory
        .admit_system(depot.dealer.id, "test")
        .await
        .unwrap();
    let statements = StatementCount::default();
    let begun = pool.begin(Arc::new(context), Access::Write, &statements);
    let mut tx = begun.await.unwrap();
    for number in 0..count {
        tx.emit(&ProductUpdated(ProductFacts {
            product: ProductId::generate(),
            sku: format!("SKU-{number}"),
            name: "Goods".to_owned(),
            record_version: 1,
        }));
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_lost_hint_is_made_good_within_seconds() {
    let depot = Depot::open_with("webhooks_hint", Clock::system(), |_settings| {}).await;
    let receiver = Bridge::start(&[]).await;
    depot.endpoint(&receiver, &["product.*"]).await;
    let couriers = depot.couriers();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    tell_silently(&depot, 3).await;
    until_within(Duration::from_secs(15), "they have come", async || {
        receiver.requests().len() == 3
    })
    .await;
    couriers.kill();
}

#[tokio::test]
async fn several_who_feed_at_once_write_each_delivery_once() {
    let depot = Depot::open("webhooks_feed").await;
    let receiver = Bridge::start(&[]).await;
    for _ in 0..2 {
        depot.endpoint(&receiver, &["product.*"]).await;
    }
    tell_silently(&depot, 450).await;
    depot.tell().await;
    let (one, two) = (feeder(&depot), feeder(&depot));
    let dealer = depot.dealer.id;
    // Who finds somebody at it leaves it to him.
    let (one, two) = tokio::join!(one.feed(dealer), two.feed(dealer));
    assert!(!one.unwrap() && !two.unwrap(), "that was all");
    assert_eq!(depot.count(DELIVERIES).await, 900);
    // As after a restart with an older place: what is there is there.
    let back = "UPDATE platform.webhook_feeds SET delivered_through = 0";
    depot.sql.batch_execute(back).await.unwrap();
    feeder(&depot).feed(dealer).await.unwrap();
    let through = "SELECT delivered_through FROM platform.webhook_feeds";
    assert_eq!(depot.count(through).await, 451);
    assert_eq!(depot.count(DELIVERIES).await, 900);
    let other = depot.server.dealer().await;
    assert!(!feeder(&depot).feed(other.id).await.unwrap());
    assert_eq!(depot.count(DELIVERIES).await, 900);
}

#[tokio::test]
async fn an_endpoint_is_told_of_what_happens_from_now_on() {
    let depot = Depot::open("webhooks_since").await;
    let receiver = Bridge::start(&[]).await;
    let first = depot.endpoint(&receiver, &["unit.*"]).await;
    depot.tell().await;
    let second = depot.endpoint(&receiver, &["unit.*"]).await;
    depot.tell().await;
    feeder(&depot).feed(depot.dealer.id).await.unwrap();
    let of = |made: &serde_json::Value| json!({ "endpointId": { "eq": id(made) } });
    assert_eq!(depot.log(of(&first)).await.len(), 2);
    assert_eq!(depot.log(of(&second)).await.len(), 1);
    let disable = json!({ "id": id(&first), "expectedVersion": 1, "isEnabled": false });
    run(&depot.owner().await, UPDATE, disable).await;
    depot.tell().await;
    feeder(&depot).feed(depot.dealer.id).await.unwrap();
    let enable = json!({ "id": id(&first), "expectedVersion": 2, "isEnabled": true });
    run(&depot.owner().await, UPDATE, enable).await;
    depot.tell().await;
    feeder(&depot).feed(depot.dealer.id).await.unwrap();
    assert_eq!(depot.log(of(&first)).await.len(), 3);
    assert_eq!(depot.log(of(&second)).await.len(), 3);
}

#[tokio::test]
async fn events_are_kept_for_webhooks_but_not_for_ever() {
    let depot = Depot::open("webhooks_floor").await;
    let receiver = Bridge::start(&[]).await;
    depot.endpoint(&receiver, &["product.*"]).await;
    tell_silently(&depot, 5).await;
    let events = format!("SELECT count(*) FROM {}.events", depot.dealer.schema);
    // The minute in which this dealer's turn comes.
    let share = i64::from_str_radix(&depot.dealer.schema[2..4], 16).unwrap();
    let turn = |days: i64| {
        let day = (noon() + TimeDelta::days(days)).timestamp().div_euclid(60);
        let minute = day + (share - day).rem_euclid(256);
        chrono::DateTime::from_timestamp(minute * 60, 0).unwrap()
    };
    let prune = async |days: i64| {
        depot.server.clock.set(turn(days));
        depot.server.app.event_pruner().prune_share().await.unwrap();
        depot.count(&events).await
    };
    assert_eq!(prune(8).await, 5, "nobody has been told of them");
    tell_silently(&depot, 5).await;
    assert_eq!(prune(36).await, 10);
    assert_eq!(prune(38).await, 5, "too old to be kept any longer");
    feeder(&depot).feed(depot.dealer.id).await.unwrap();
    assert_eq!(depot.count(DELIVERIES).await, 5);
    assert_eq!(depot.server.app.webhooks.figures().missed.get(), 1);
    assert_eq!(prune(39).await, 0);
    let couriers = depot.couriers();
    until_got(&receiver, 5).await;
    couriers.kill();
}
