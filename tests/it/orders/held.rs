//! Orders on hold, and what is heard of orders.

use serde_json::json;

use super::{Counter, line, promised, refused, step};

fn hold(order: &serde_json::Value) -> serde_json::Value {
    json!({ "id": order["id"], "expectedVersion": order["version"], "reason": "the site is flooded" })
}

#[tokio::test]
async fn an_order_on_hold_keeps_its_goods_and_does_not_move() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let held = counter.done("orderHold", hold(&order)).await;
    assert_eq!(held["holdReason"], "the site is flooded");
    assert!(held["heldAt"].is_string());
    assert_eq!(
        (&held["state"], promised(&held, 0)),
        (&json!("CONFIRMED"), "8".into())
    );
    let again = counter.mutate("orderHold", hold(&held)).await;
    assert_eq!(refused(&again), ("NOT_ALLOWED", "input.id".into()));
    let free = counter.done("orderHoldRelease", step(&held)).await;
    assert_eq!(free["heldAt"], json!(null));
    let again = counter.step("orderHoldRelease", &free).await;
    assert_eq!(refused(&again), ("NOT_ALLOWED", "input.id".into()));
    let draft = counter.draft(json!([line(&cement, "1")])).await;
    let held = counter.done("orderHold", hold(&draft)).await;
    let payload = counter.step("orderConfirm", &held).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    assert_eq!(
        counter.told().await,
        [
            "order.created",
            "order.confirmed",
            "order.held",
            "order.released",
            "order.created",
            "order.held"
        ]
    );
}

#[tokio::test]
async fn changes_are_heard_by_order_customer_and_warehouse() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let first = counter.draft(json!([line(&cement, "1")])).await;
    let query = "subscription($ids: [ID!], $c: ID, $w: ID) {
        orderChanged(ids: $ids, customerId: $c, warehouseId: $w) { event order { number state } } }";
    let mut socket = counter.yard.server.socket(&counter.yard.dealer).await;
    let [north, south] = &counter.yard.warehouses;
    for (name, keys) in [
        ("order", json!({ "ids": [first["id"]] })),
        ("mine", json!({ "c": counter.customer, "w": north })),
        ("south", json!({ "w": south })),
    ] {
        socket.subscribe(name, query, keys).await;
    }
    socket.settle().await;
    counter.done("orderConfirm", step(&first)).await;
    counter.draft(json!([line(&cement, "1")])).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        let next = socket.next().await;
        let change = &next["payload"]["data"]["orderChanged"];
        heard.push(json!([
            next["id"],
            change["event"],
            change["order"]["number"]
        ]));
    }
    heard.sort_by_key(ToString::to_string);
    assert_eq!(
        json!(heard),
        json!([
            ["mine", "order.confirmed", 1],
            ["mine", "order.created", 2],
            ["order", "order.confirmed", 1],
        ])
    );
    socket.settle().await;
}
