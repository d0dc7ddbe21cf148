//! Many at once, over the same few products.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Counter, customer, document, line, promised, step};

const CLIENTS: usize = 64;
const PRODUCTS: usize = 10;

/// Sends it until there is room for it; gives the code of the refusal, or OK.
async fn insist(counter: &Counter, field: &str, input: &Value) -> (String, Value) {
    loop {
        let answer = counter
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        if answer.code() == "OVERLOADED" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        let payload = answer.body["data"]["payload"].clone();
        let code = payload["userErrors"][0]["code"].as_str().unwrap_or("OK");
        return (code.to_owned(), payload["order"].clone());
    }
}

/// Each confirms an order of three of ten products, of which there is enough for a part of
/// them, and every third gives it up again.
#[tokio::test]
async fn sixty_four_who_confirm_at_once_neither_oversell_nor_wait_in_a_circle() {
    let counter = Arc::new(Counter::open().await);
    let mut products = Vec::new();
    for index in 0..PRODUCTS {
        products.push(counter.stocked(&format!("P-{index}"), "20").await);
    }
    let mut customers = Vec::new();
    for index in 0..8 {
        customers.push(customer(counter.client(), &format!("C-{index}"), "100000").await);
    }
    let mut drafts = Vec::new();
    for who in 0..CLIENTS {
        let at = |offset: usize| &products[(who * 7 + offset * 3) % PRODUCTS];
        let mut lines: Vec<Value> = (0..3).map(|offset| line(at(offset), "3")).collect();
        lines.rotate_left(who % 3);
        let mut input = counter.input(&json!(lines));
        input["customerId"] = json!(customers[who % 8]);
        drafts.push(counter.done("orderCreate", input).await);
    }
    let works = drafts.into_iter().enumerate().map(|(who, draft)| {
        let counter = Arc::clone(&counter);
        tokio::spawn(async move {
            let (code, order) = insist(&counter, "orderConfirm", &step(&draft)).await;
            if code == "OK" && who.is_multiple_of(3) {
                let (code, _) = insist(&counter, "orderCancel", &step(&order)).await;
                assert_eq!(code, "OK");
                return "CANCELLED".to_owned();
            }
            code
        })
    });
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for done in futures_util::future::join_all(works).await {
        *codes.entry(done.unwrap()).or_default() += 1;
    }
    let known = ["OK", "CANCELLED", "INSUFFICIENT_STOCK"];
    assert!(
        codes.keys().all(|code| known.contains(&code.as_str())),
        "{codes:?}"
    );
    // 200 base units, nine for each order.
    let held = codes.get("OK").copied().unwrap_or_default();
    assert!(held <= 22 && codes["INSUFFICIENT_STOCK"] > 0, "{codes:?}");
    let mut reserved = 0;
    for product in &products {
        let level = counter.yard.level(product).await;
        assert!(!level[2].starts_with('-'), "{level:?}");
        reserved += level[1].parse::<usize>().unwrap();
    }
    assert_eq!(reserved, held * 9);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn of_a_confirmation_and_a_cancellation_at_once_one_sees_the_other() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "100").await;
    for _ in 0..4 {
        let draft = counter.draft(json!([line(&cement, "1")])).await;
        let (confirm, cancel) = (step(&draft), step(&draft));
        let (confirmed, cancelled) = tokio::join!(
            insist(&counter, "orderConfirm", &confirm),
            insist(&counter, "orderCancel", &cancel)
        );
        let order = counter.order(&draft).await;
        match (confirmed.0.as_str(), cancelled.0.as_str()) {
            ("OK", "CONFLICT") => assert_eq!(promised(&order, 0), "1"),
            ("CONFLICT", "OK") => assert_eq!(order["state"], "CANCELLED"),
            other => panic!("{other:?}"),
        }
    }
    counter.yard.books_are_right().await;
}
