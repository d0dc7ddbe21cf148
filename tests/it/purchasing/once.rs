//! What is sent again is done once.

use serde_json::{Value, json};

use super::{Office, came, document, line, receipt, step};

#[tokio::test]
async fn the_same_key_makes_one_order_and_one_receipt() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let input = office.order_input(&json!([line(&cement, "10", "2")]));
    let first = office.done("purchaseOrderCreate", input.clone()).await;
    assert_eq!(office.done("purchaseOrderCreate", input).await, first);
    let input = step(&first);
    let sent = office.done("purchaseOrderSend", input.clone()).await;
    assert_eq!(office.done("purchaseOrderSend", input).await, sent);
    let input = receipt(&sent, json!([came(&sent, 0, "4")]));
    let tries = (0..6).map(|_| office.mutate("goodsReceive", input.clone()));
    let payloads = futures_util::future::join_all(tries).await;
    assert!(
        payloads.iter().all(|payload| *payload == payloads[0]),
        "{payloads:#?}"
    );
    assert_eq!(payloads[0]["userErrors"], json!([]));
    assert_eq!(office.yard.level(&cement).await[0], "4");
    let query = "{ purchaseOrders { totalCount } goodsReceipts { totalCount } }";
    let data = office.client().get(query).await;
    assert_eq!(
        data,
        json!({ "purchaseOrders": { "totalCount": 1 }, "goodsReceipts": { "totalCount": 1 } })
    );
}

#[tokio::test]
async fn without_a_key_no_document_is_made_or_posted() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "10", "2")])).await;
    let draft = office.draft(json!([line(&cement, "10", "2")])).await;
    let again = json!({ "warehouseId": office.yard.warehouses[0] });
    for (field, mut input) in [
        (
            "purchaseOrderCreate",
            office.order_input(&json!([line(&cement, "10", "2")])),
        ),
        ("purchaseOrderSend", step(&draft)),
        ("goodsReceive", receipt(&sent, Value::Null)),
        ("reorderToPurchaseOrders", again),
    ] {
        input["idempotencyKey"] = Value::Null;
        let answer = office
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
async fn a_key_of_another_receipt_is_refused() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "10", "2")])).await;
    let mut input = receipt(&sent, json!([came(&sent, 0, "4")]));
    office.done("goodsReceive", input.clone()).await;
    input["lines"][0]["quantity"]["value"] = json!("5");
    let answer = office
        .client()
        .send(&document("goodsReceive"), json!({ "input": input }))
        .await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(office.yard.level(&cement).await[0], "4");
}
