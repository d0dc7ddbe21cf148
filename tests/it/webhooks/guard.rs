//! Nobody has servers called that he could not call himself.

use chrono::TimeDelta;
use serde_json::json;
use tubex::kernel::clock::Clock;

use super::{CREATE, Depot, endpoint, noon, refusal, run, until_got};
use crate::sms::bridge::{Bridge, Does};

#[tokio::test]
async fn the_inside_is_neither_registered_nor_called() {
    let depot = Depot::open_with("webhooks_inside", Clock::fixed(noon()), |settings| {
        settings.webhooks.webhook_http = false;
        settings.webhooks.webhook_networks = Vec::new();
    })
    .await;
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://hooks.example:8443/",
        "http://hooks.example/",
        "https://user:secret@hooks.example/",
        "ftp://hooks.example/",
        "nonsense",
    ] {
        let made = run(
            &depot.owner().await,
            CREATE,
            json!({ "url": url, "events": ["*"] }),
        )
        .await;
        assert_eq!(refusal(&made), ("BAD_USER_INPUT", "url"), "{url}");
        assert!(!made.to_string().contains("secret@"), "{url}");
    }
    // What a name stands for shows when it is looked up.
    endpoint(&depot.owner().await, "https://localhost/", &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    crate::support::until("it was tried", async || {
        let log = depot.log(json!({})).await;
        log.first()
            .is_some_and(|one| one["attempts"][0]["fault"] == "ADDRESS")
    })
    .await;
    let log = depot.log(json!({})).await;
    let answer = log[0]["attempts"][0]["answer"].as_str().unwrap();
    assert!(
        answer.contains("is not one of the public internet"),
        "{answer}"
    );
    couriers.kill();
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let depot = Depot::open("webhooks_redirect").await;
    let inside = Bridge::start(&[]).await;
    let receiver = Bridge::start(&[Does::Redirect(inside.url.clone())]).await;
    depot.endpoint(&receiver, &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    crate::support::until("it was tried", async || {
        let log = depot.log(json!({})).await;
        log.first()
            .is_some_and(|one| one["attempts"][0]["status"] == 307)
    })
    .await;
    depot.wait(TimeDelta::seconds(6));
    until_got(&receiver, 2).await;
    depot.until_log("DELIVERED", 1).await;
    assert!(inside.requests().is_empty());
    couriers.kill();
}

#[tokio::test]
async fn nobody_there_is_a_fault_of_its_own() {
    let depot = Depot::open("webhooks_nobody_there").await;
    let outside = json!({ "url": "http://203.0.113.1:9/", "events": ["*"] });
    let made = run(&depot.owner().await, CREATE, outside).await;
    assert_eq!(
        refusal(&made),
        ("BAD_USER_INPUT", "url"),
        "of no network that may be called"
    );
    endpoint(&depot.owner().await, "http://127.0.0.1:1/", &["*"]).await;
    let couriers = depot.couriers();
    depot.tell().await;
    crate::support::until("it was tried", async || {
        let log = depot.log(json!({})).await;
        log.first()
            .is_some_and(|one| one["attempts"][0]["fault"] == "CONNECTION")
    })
    .await;
    couriers.kill();
}
