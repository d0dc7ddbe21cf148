//! Many at once, on the same few products: nothing is sold twice, nothing is lost, and
//! nobody is told of a deadlock.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{ADJUST, HOLD, RELEASE, Yard, key, line};

/// Who works at once, and how often.
const CLIENTS: usize = 64;
const ROUNDS: usize = 4;
/// The products they all want.
const PRODUCTS: usize = 10;

#[tokio::test]
async fn sixty_four_at_once_neither_oversell_nor_wait_in_a_circle() {
    let yard = Arc::new(Yard::open().await);
    let mut products = Vec::new();
    for index in 0..PRODUCTS {
        let id = yard.product(&format!("P-{index}")).await;
        yard.put(&id, "20", "4").await;
        products.push(id);
    }
    let products = Arc::new(products);
    let works = (0..CLIENTS).map(|who| {
        let (yard, products) = (Arc::clone(&yard), Arc::clone(&products));
        tokio::spawn(async move { work(&yard, &products, who).await })
    });
    let mut codes = BTreeMap::new();
    for done in futures_util::future::join_all(works).await {
        for code in done.unwrap() {
            *codes.entry(code).or_insert(0) += 1;
        }
    }
    // The share of one dealer is bounded: some may be told to come again.
    let known = ["OK", "INSUFFICIENT_STOCK", "OVERLOADED"];
    assert!(
        codes.keys().all(|code| known.contains(&code.as_str())),
        "{codes:?}"
    );
    assert!(
        codes["OK"] > CLIENTS && codes["INSUFFICIENT_STOCK"] > 0,
        "{codes:?}"
    );
    yard.books_are_right().await;
    let query = "{ stockLevels(first: 200) { nodes { onHand { value } available { value } } } }";
    let levels = yard.client().get(query).await;
    for level in levels["stockLevels"]["nodes"].as_array().unwrap() {
        for amount in ["onHand", "available"] {
            let text = level[amount]["value"].as_str().unwrap();
            assert!(!text.starts_with('-'), "{level}");
        }
    }
}

/// Takes, brings, holds and releases, several products at once in an order of its own;
/// gives what became of each.
async fn work(yard: &Yard, products: &[String], who: usize) -> Vec<String> {
    let mut codes = Vec::new();
    for round in 0..ROUNDS {
        let at = |offset: usize| &products[(who * 7 + round * 3 + offset * 5) % PRODUCTS];
        let direction = if (who + round).is_multiple_of(3) {
            "IN"
        } else {
            "OUT"
        };
        let lines: Vec<_> = (0..3)
            .map(|offset| line(at(offset), direction, "3", None))
            .collect();
        let input = json!({ "warehouseId": yard.warehouses[who % 2], "reason": "LOSS", "lines": lines,
            "idempotencyKey": key() });
        codes.push(sent(yard, ADJUST, input, "stockAdjust").await.0);
        let input = json!({ "productId": at(1), "warehouseId": yard.warehouses[0],
            "quantity": { "value": "2" }, "reason": "hold", "idempotencyKey": key() });
        let (code, payload) = sent(yard, HOLD, input, "stockHold").await;
        codes.push(code);
        let held = &payload["stockReservation"];
        if who.is_multiple_of(2) && held["id"].is_string() {
            let input = json!({ "id": held["id"], "expectedVersion": held["version"] });
            codes.push(sent(yard, RELEASE, input, "stockHoldRelease").await.0);
        }
    }
    codes
}

/// Who sends has the goods of one yard and wants those on their way; who receives has
/// them, and wants the yard.
#[tokio::test]
async fn goods_sent_and_received_at_once_do_not_wait_in_a_circle() {
    let yard = Arc::new(Yard::open().await);
    let mut products = Vec::new();
    for sku in ["A", "B", "C"] {
        let id = yard.product(sku).await;
        for place in 0..2 {
            let payload = yard
                .adjust_in(place, json!([line(&id, "IN", "50", Some("4"))]))
                .await;
            assert_eq!(payload["userErrors"], json!([]));
        }
        products.push(id);
    }
    let mut ready = Vec::new();
    for index in 0..24 {
        let from = index % 2;
        let quantity = json!({ "value": "1" });
        let one = |id: &String| json!({ "productId": id, "quantity": quantity });
        let lines = products.iter().map(one).collect();
        let draft = yard.draft(from, lines).await;
        let approved = yard.step("transferApprove", &draft).await["transfer"].clone();
        let next = if index < 12 {
            ("transferDispatch", approved)
        } else {
            let sent = yard.step("transferDispatch", &approved).await;
            ("transferReceive", sent["transfer"].clone())
        };
        ready.push(next);
    }
    let works = ready.into_iter().map(|(mutation, transfer)| {
        let yard = Arc::clone(&yard);
        tokio::spawn(async move { yard.step(mutation, &transfer).await })
    });
    for done in futures_util::future::join_all(works).await {
        let payload = done.unwrap();
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    }
    yard.books_are_right().await;
}

async fn sent(yard: &Yard, mutation: &str, input: Value, field: &str) -> (String, Value) {
    let answer = yard
        .client()
        .send(mutation, json!({ "input": input }))
        .await;
    let payload = answer.body["data"][field].clone();
    let error = match payload["userErrors"][0]["code"].as_str() {
        Some(code) => code.to_owned(),
        None if payload.is_null() => answer.code().to_owned(),
        None => "OK".to_owned(),
    };
    (error, payload)
}
