//! Every mutation in every state: done where the state lets it, refused elsewhere.

use serde_json::{Value, json};

use super::{Office, came, line, receipt, refused, step};

const STATES: [&str; 6] = [
    "DRAFT",
    "SENT",
    "PARTIALLY_RECEIVED",
    "RECEIVED",
    "CANCELLED",
    "CLOSED",
];

/// An order of ten in a state.
async fn order_in(office: &Office, product: &str, state: &str) -> Value {
    let draft = office.draft(json!([line(product, "10", "1")])).await;
    if state == "DRAFT" {
        return draft;
    }
    let sent = office.done("purchaseOrderSend", step(&draft)).await;
    let came = |quantity: &str| json!([came(&sent, 0, quantity)]);
    match state {
        "PARTIALLY_RECEIVED" => drop(office.receive(&sent, came("4")).await),
        "RECEIVED" => drop(office.receive(&sent, came("10")).await),
        "CANCELLED" => drop(office.step("purchaseOrderCancel", &sent).await),
        "CLOSED" => {
            office.receive(&sent, came("4")).await;
            let open = office.order(&sent).await;
            office.step("purchaseOrderClose", &open).await;
        }
        _ => {}
    }
    office.order(&sent).await
}

#[tokio::test]
async fn each_mutation_is_refused_where_the_state_does_not_let_it() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let cases: [(&str, &str, &[&str]); 5] = [
        ("purchaseOrderUpdate", "UPDATE", &["DRAFT"]),
        ("purchaseOrderSend", "SEND", &["DRAFT"]),
        ("purchaseOrderCancel", "CANCEL", &["DRAFT", "SENT"]),
        ("purchaseOrderClose", "CLOSE", &["PARTIALLY_RECEIVED"]),
        ("goodsReceive", "RECEIVE", &["SENT", "PARTIALLY_RECEIVED"]),
    ];
    for state in STATES {
        for (field, action, good) in cases {
            let order = order_in(&office, &cement, state).await;
            assert_eq!(order["state"], state);
            let actions = order["allowedActions"].as_array().unwrap();
            assert_eq!(
                actions.contains(&json!(action)),
                good.contains(&state),
                "{field} {state}"
            );
            let (input, id) = match field {
                "goodsReceive" => (
                    receipt(&order, json!([came(&order, 0, "1")])),
                    "input.purchaseOrderId",
                ),
                _ => (step(&order), "input.id"),
            };
            let payload = office.mutate(field, input).await;
            if good.contains(&state) {
                assert_eq!(payload["userErrors"], json!([]), "{field} {state}");
            } else {
                assert_eq!(
                    refused(&payload),
                    ("NOT_ALLOWED", id.to_owned()),
                    "{field} {state}"
                );
                assert_eq!(office.order(&order).await, order, "{field} {state}");
            }
        }
    }
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_cancelled_or_closed_has_nothing_open() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    for state in ["CANCELLED", "CLOSED", "RECEIVED"] {
        let order = order_in(&office, &cement, state).await;
        assert_eq!(order["lines"][0]["open"]["inBase"], "0", "{state}");
    }
    let order = order_in(&office, &cement, "PARTIALLY_RECEIVED").await;
    assert_eq!(order["lines"][0]["open"]["inBase"], "6");
}

#[tokio::test]
async fn what_has_changed_or_is_not_there_is_said() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "10", "1")])).await;
    for field in [
        "purchaseOrderSend",
        "purchaseOrderCancel",
        "purchaseOrderClose",
        "purchaseOrderUpdate",
    ] {
        let mut input = step(&sent);
        input["expectedVersion"] = json!(1);
        let payload = office.mutate(field, input.clone()).await;
        assert_eq!(
            refused(&payload),
            ("CONFLICT", "input.expectedVersion".into()),
            "{field}"
        );
        input["id"] = json!(format!("por_{}", "0".repeat(32)));
        let payload = office.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_FOUND", "input.id".into()),
            "{field}"
        );
    }
    let mut input = receipt(&sent, Value::Null);
    input["expectedVersion"] = json!(1);
    let payload = office.mutate("goodsReceive", input.clone()).await;
    assert_eq!(
        refused(&payload),
        ("CONFLICT", "input.expectedVersion".into())
    );
    input["expectedVersion"] = sent["version"].clone();
    assert_eq!(
        office.mutate("goodsReceive", input).await["userErrors"],
        json!([])
    );
}

/// Goods would come to a place where nothing moves any more.
#[tokio::test]
async fn a_place_stays_in_use_while_goods_are_ordered_for_it() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let north = &office.yard.warehouses[0];
    let draft = office.draft(json!([line(&cement, "10", "1")])).await;
    let kept = office.yard.archive(north).await;
    assert_eq!(refused(&kept), ("NOT_ALLOWED", "input.id".to_owned()));
    let sent = office.done("purchaseOrderSend", step(&draft)).await;
    let kept = office.yard.archive(north).await;
    let message = kept["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("open purchase orders"), "{message}");
    assert_eq!(sent["allowedActions"], json!(["RECEIVE", "CANCEL"]));
    office.done("purchaseOrderCancel", step(&sent)).await;
    let archived = office.yard.archive(north).await;
    assert_eq!(archived["userErrors"], json!([]));
}
