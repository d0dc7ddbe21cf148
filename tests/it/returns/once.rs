//! What is sent again is done once.

use serde_json::{Value, json};

use super::{Counter, document, step};

#[tokio::test]
async fn the_same_key_makes_one_return_one_movement_and_one_credit_note() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    counter.billed(&order).await;
    let input = counter.input(&order, "4");
    let first = counter.done("returnRequest", input.clone()).await;
    assert_eq!(counter.done("returnRequest", input).await, first);
    let input = step(&first);
    let approved = counter.done("returnApprove", input.clone()).await;
    assert_eq!(counter.done("returnApprove", input).await, approved);
    let input = step(&approved);
    let tries = (0..6).map(|_| counter.mutate("returnReceive", input.clone()));
    let payloads = futures_util::future::join_all(tries).await;
    assert!(
        payloads.iter().all(|payload| *payload == payloads[0]),
        "{payloads:#?}"
    );
    assert_eq!(counter.yard.level(&counter.cement).await[0], "994");
    let input = step(&payloads[0]["return"]);
    let credited = counter.done("returnCredit", input.clone()).await;
    assert_eq!(counter.done("returnCredit", input).await, credited);
    assert_eq!(counter.owed().await, "57");
    let data = counter.client().get("{ returns { totalCount } }").await;
    assert_eq!(data["returns"]["totalCount"], 1);
}

#[tokio::test]
async fn without_a_key_nothing_is_made_or_posted() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let approved = counter.approved(&order, "1").await;
    let received = counter.received(&order, "1").await;
    for (field, mut input) in [
        ("returnRequest", counter.input(&order, "1")),
        ("returnReceive", step(&approved)),
        ("returnCredit", step(&received)),
    ] {
        input["idempotencyKey"] = Value::Null;
        let answer = counter
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED", "{field}");
    }
}
