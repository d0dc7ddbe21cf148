//! Many at once, over the same few products.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Depot, insist, ordered, planned, step, with};
use crate::stock::key;

const CLIENTS: usize = 32;
const PRODUCTS: usize = 6;

/// One order of three of the products, loaded; in an order of its own.
async fn loaded(depot: &Depot, products: &[String], who: usize) -> Value {
    let yard = &depot.yard.warehouses[0];
    let line = |offset: usize| ordered(&products[(who * 5 + offset * 7) % PRODUCTS], "2", yard);
    let order = depot.order(json!([line(0), line(1), line(2)])).await;
    let input = planned(&order, &json!({}));
    let delivery = super::done(depot.client(), "deliveryPlan", input).await;
    super::done(depot.client(), "deliveryLoad", step(&delivery)).await
}

/// Sends it, then says that some, all or nothing of it arrived; gives the codes.
async fn work(depot: &Depot, delivery: &Value, who: usize) -> Vec<String> {
    let client = depot.client();
    let input = step(delivery);
    let mut codes = vec![insist(client, "deliveryDispatch", &input).await];
    if who.is_multiple_of(4) {
        // Somebody else presses the same button.
        assert_eq!(
            insist(client, "deliveryDispatch", &step(delivery)).await,
            "CONFLICT"
        );
    }
    let mut sent = delivery.clone();
    sent["version"] = json!(delivery["version"].as_i64().unwrap() + 1);
    let (field, input) = match who % 3 {
        0 => (
            "deliveryFail",
            with(step(&sent), &json!({ "reason": "Nobody was there" })),
        ),
        1 => (
            "deliveryConfirm",
            with(step(&sent), &json!({ "signer": "S" })),
        ),
        _ => {
            let lines = json!([{ "lineId": sent["lines"][0]["id"], "quantity": { "value": "1" } }]);
            (
                "deliveryConfirm",
                with(step(&sent), &json!({ "signer": "S", "lines": lines })),
            )
        }
    };
    codes.push(insist(client, field, &input).await);
    codes
}

#[tokio::test]
async fn thirty_two_who_deliver_the_same_goods_do_not_wait_in_a_circle() {
    let depot = Arc::new(Depot::open().await);
    let mut products = Vec::new();
    for index in 0..PRODUCTS {
        products.push(depot.stocked(&format!("P-{index}"), "100").await);
    }
    let mut ready = Vec::new();
    for who in 0..CLIENTS {
        ready.push(loaded(&depot, &products, who).await);
    }
    let works = ready.into_iter().enumerate().map(|(who, delivery)| {
        let depot = Arc::clone(&depot);
        tokio::spawn(async move { work(&depot, &delivery, who).await })
    });
    for done in futures_util::future::join_all(works).await {
        assert_eq!(done.unwrap(), ["OK", "OK"]);
    }
    depot.yard.books_are_right().await;
    let query = "{ stockLevels(first: 200) { nodes { onHand { value } available { value } } } }";
    let levels = depot.client().get(query).await;
    for level in levels["stockLevels"]["nodes"].as_array().unwrap() {
        for amount in ["onHand", "available"] {
            let text = level[amount]["value"].as_str().unwrap();
            assert!(!text.starts_with('-'), "{level}");
        }
    }
}

/// Of goods that are promised to nobody, which all want at once.
#[tokio::test]
async fn nobody_takes_what_is_not_there() {
    let depot = Arc::new(Depot::open().await);
    let sand = depot.yard.measured("SND", "m3", &[("t", 5, 8)]).await;
    depot.yard.put(&sand, "81", "8").await;
    let mut orders = Vec::new();
    for _ in 0..16 {
        orders.push(depot.order_one(&sand, "5").await);
    }
    // Each weighs a tenth more than was ordered; one cubic metre is promised to nobody.
    let works = orders.into_iter().map(|order| {
        let depot = Arc::clone(&depot);
        tokio::spawn(async move {
            let line = json!({ "orderLineId": order["lines"][0]["id"], "weight": "8800" });
            let input = json!({ "orderId": order["id"], "signer": "S", "lines": [line],
                "idempotencyKey": key() });
            insist(depot.client(), "deliveryPickup", &input).await
        })
    });
    let mut codes = Vec::new();
    for done in futures_util::future::join_all(works).await {
        codes.push(done.unwrap());
    }
    let won = codes.iter().filter(|code| *code == "OK").count();
    let short = codes.iter().filter(|code| *code == "INSUFFICIENT_STOCK");
    assert_eq!((won, short.count()), (2, 14), "{codes:?}");
    assert_eq!(depot.yard.level(&sand).await[..3], ["70", "70", "0"]);
    depot.yard.books_are_right().await;
}
