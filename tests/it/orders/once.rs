//! What is sent again is done once.

use serde_json::{Value, json};

use super::{Counter, document, line, step};

#[tokio::test]
async fn the_same_key_makes_one_order_and_promises_once() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let input = counter.input(&json!([line(&cement, "4")]));
    let tries = (0..6).map(|_| counter.done("orderCreate", input.clone()));
    let drafts = futures_util::future::join_all(tries).await;
    assert!(
        drafts.iter().all(|draft| *draft == drafts[0]),
        "{drafts:#?}"
    );
    let input = step(&drafts[0]);
    let tries = (0..6).map(|_| counter.done("orderConfirm", input.clone()));
    let orders = futures_util::future::join_all(tries).await;
    assert!(
        orders.iter().all(|order| *order == orders[0]),
        "{orders:#?}"
    );
    assert_eq!(counter.yard.level(&cement).await[1], "4");
    let data = counter.client().get("{ orders { totalCount } }").await;
    assert_eq!(data["orders"]["totalCount"], 1);
}

#[tokio::test]
async fn without_a_key_no_order_is_written_or_confirmed() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let draft = counter.draft(json!([line(&cement, "4")])).await;
    for (field, mut input) in [
        ("orderCreate", counter.input(&json!([line(&cement, "4")]))),
        ("orderConfirm", step(&draft)),
        ("orderAmend", step(&draft)),
        (
            "specialOrderToPurchaseOrder",
            json!({ "lineIds": [draft["lines"][0]["id"]] }),
        ),
    ] {
        input["idempotencyKey"] = Value::Null;
        let answer = counter
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED", "{field}");
    }
}
