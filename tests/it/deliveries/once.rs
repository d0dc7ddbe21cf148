//! What is sent again is done once, and of two at once one wins.

use serde_json::{Value, json};

use super::{Depot, document, insist, planned, refused, step, with};
use crate::stock::key;

#[tokio::test]
async fn the_same_key_dispatches_once() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "20").await;
    let order = depot.order_one(&cement, "6").await;
    let input = planned(&order, &json!({}));
    let first = depot.done("deliveryPlan", input.clone()).await;
    assert_eq!(depot.done("deliveryPlan", input).await, first);
    let loaded = depot.done("deliveryLoad", step(&first)).await;
    let input = step(&loaded);
    let tries = (0..6).map(|_| depot.mutate("deliveryDispatch", input.clone()));
    let payloads = futures_util::future::join_all(tries).await;
    assert!(
        payloads.iter().all(|payload| *payload == payloads[0]),
        "{payloads:#?}"
    );
    assert_eq!(payloads[0]["userErrors"], json!([]));
    assert_eq!(depot.yard.level(&cement).await[0], "14");
    let sent = &payloads[0]["delivery"];
    let input = with(step(sent), &json!({ "signer": "Mr Brown" }));
    let handed = depot.done("deliveryConfirm", input.clone()).await;
    assert_eq!(depot.done("deliveryConfirm", input).await, handed);
    let data = depot.client().get("{ deliveries { totalCount } }").await;
    assert_eq!(data["deliveries"]["totalCount"], 1);
}

#[tokio::test]
async fn of_two_dispatches_at_once_one_wins() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    for _ in 0..4 {
        let order = depot.order_one(&cement, "6").await;
        let planned = depot.plan(&order, json!({})).await;
        let loaded = depot.done("deliveryLoad", step(&planned)).await;
        let (one, other, cancel) = (step(&loaded), step(&loaded), step(&loaded));
        let (one, other, cancelled) = tokio::join!(
            insist(depot.client(), "deliveryDispatch", &one),
            insist(depot.client(), "deliveryDispatch", &other),
            insist(depot.client(), "deliveryCancel", &cancel),
        );
        let mut codes = [one, other, cancelled];
        codes.sort();
        assert_eq!(codes, ["CONFLICT", "CONFLICT", "OK"]);
    }
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn of_a_confirmation_and_a_failure_at_once_one_wins() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    for _ in 0..4 {
        let order = depot.order_one(&cement, "6").await;
        let sent = depot.sent(&order, json!({})).await;
        let confirm = with(step(&sent), &json!({ "signer": "Mr Brown" }));
        let fail = with(step(&sent), &json!({ "reason": "Nobody was there" }));
        let (confirmed, failed) = tokio::join!(
            insist(depot.client(), "deliveryConfirm", &confirm),
            insist(depot.client(), "deliveryFail", &fail),
        );
        let codes = (confirmed.as_str(), failed.as_str());
        assert!(
            matches!(codes, ("OK", "CONFLICT") | ("CONFLICT", "OK")),
            "{codes:?}"
        );
    }
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn without_a_key_nothing_is_made_or_posted() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "20").await;
    let order = depot.order_one(&cement, "6").await;
    let sent = depot
        .sent(&order, json!({ "lines": [super::part(&order, 0, "2")] }))
        .await;
    let planned_one = depot
        .plan(&order, json!({ "lines": [super::part(&order, 0, "2")] }))
        .await;
    let loaded = depot.done("deliveryLoad", step(&planned_one)).await;
    let run =
        json!({ "warehouseId": depot.yard.warehouses[0], "truck": "T", "runsOn": super::DAY });
    for (field, mut input) in [
        ("deliveryPlan", planned(&order, &json!({}))),
        ("deliveryDispatch", step(&loaded)),
        (
            "deliveryConfirm",
            with(step(&sent), &json!({ "signer": "S" })),
        ),
        ("deliveryFail", with(step(&sent), &json!({ "reason": "R" }))),
        (
            "deliveryPickup",
            json!({ "orderId": order["id"], "signer": "S" }),
        ),
        ("deliveryRunCreate", run),
    ] {
        input["idempotencyKey"] = Value::Null;
        let answer = depot
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        assert_eq!(
            answer.code(),
            "IDEMPOTENCY_KEY_REQUIRED",
            "{field}: {:#}",
            answer.body
        );
    }
}

#[tokio::test]
async fn of_two_pickups_of_the_last_goods_one_wins() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "20").await;
    let order = depot.order_one(&cement, "6").await;
    let input = || json!({ "orderId": order["id"], "signer": "S", "idempotencyKey": key() });
    let (one, other) = (input(), input());
    let (one, other) = tokio::join!(
        depot.mutate("deliveryPickup", one),
        depot.mutate("deliveryPickup", other)
    );
    let (won, lost) = if one["delivery"].is_null() {
        (other, one)
    } else {
        (one, other)
    };
    assert_eq!(won["userErrors"], json!([]));
    assert_eq!(refused(&lost), ("NOT_ALLOWED", "input.orderId".into()));
    assert_eq!(depot.yard.level(&cement).await[0], "14");
    depot.yard.books_are_right().await;
}
