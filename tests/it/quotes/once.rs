//! What is sent again is done once.

use serde_json::{Value, json};

use super::{Office, document, line, step};

#[tokio::test]
async fn the_same_key_makes_one_quote_one_revision_and_one_order() {
    let office = Office::open().await;
    let input = office.input(&json!([line(&office.cement, "10")]));
    let tries = (0..6).map(|_| office.mutate("quoteCreate", input.clone()));
    let payloads = futures_util::future::join_all(tries).await;
    assert!(
        payloads.iter().all(|payload| *payload == payloads[0]),
        "{payloads:#?}"
    );
    let draft = payloads[0]["quote"].clone();
    let input = step(&draft);
    let sent = office.done("quoteSend", input.clone()).await;
    assert_eq!(office.done("quoteSend", input).await, sent);
    let input = step(&sent);
    let accepted = office.done("quoteAccept", input.clone()).await;
    assert_eq!(office.done("quoteAccept", input).await, accepted);
    let input = step(&accepted);
    let revised = office.done("quoteRevise", input.clone()).await;
    assert_eq!(office.done("quoteRevise", input).await, revised);
    let input = step(&accepted);
    let order = office.done("quoteToOrder", input.clone()).await;
    assert_eq!(office.done("quoteToOrder", input).await, order);
    let data = office
        .client
        .get("{ quotes { totalCount } orders { totalCount } }")
        .await;
    assert_eq!(
        data,
        json!({ "quotes": { "totalCount": 2 }, "orders": { "totalCount": 1 } })
    );
}

#[tokio::test]
async fn without_a_key_no_document_is_made() {
    let office = Office::open().await;
    let accepted = office.accepted(json!([line(&office.cement, "10")])).await;
    for (field, mut input) in [
        (
            "quoteCreate",
            office.input(&json!([line(&office.cement, "10")])),
        ),
        ("quoteRevise", step(&accepted)),
        ("quoteToOrder", step(&accepted)),
    ] {
        input["idempotencyKey"] = Value::Null;
        let answer = office
            .client
            .send(&document(field), json!({ "input": input }))
            .await;
        assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED", "{field}");
    }
    // Elsewhere it may be left out.
    let sent = office.ten().await;
    let mut input = step(&sent);
    input["idempotencyKey"] = Value::Null;
    office.done("quoteAccept", input).await;
}
