//! Orders that are changed after they were confirmed.

use serde_json::{Value, json};

use super::{Counter, line, number, promised, refused};

fn amendment(order: &Value, more: Value) -> Value {
    let mut input = json!({ "id": order["id"], "expectedVersion": order["version"],
        "idempotencyKey": crate::stock::key() });
    let Value::Object(more) = more else {
        panic!("{more} is no object")
    };
    for (key, value) in more {
        input[key] = value;
    }
    input
}

fn quantity(order: &Value, index: usize, value: &str) -> Value {
    json!({ "lineId": order["lines"][index]["id"], "quantity": { "value": value } })
}

#[tokio::test]
async fn lines_grow_shrink_come_and_go_with_their_promises() {
    let counter = Counter::open().await;
    let mut goods = Vec::new();
    for sku in ["CEM", "SND", "BRK", "NEW"] {
        goods.push(counter.stocked(sku, "10").await);
    }
    let lines = [("CEM", "4"), ("SND", "4"), ("BRK", "4")];
    let lines: Vec<Value> = lines
        .iter()
        .zip(&goods)
        .map(|((_, quantity), id)| line(id, quantity))
        .collect();
    let order = counter.confirmed(json!(lines)).await;
    let more = json!({
        "quantities": [quantity(&order, 0, "7"), quantity(&order, 1, "1")],
        "dropLineIds": [order["lines"][2]["id"]],
        "lines": [line(&goods[3], "2")],
    });
    let order = counter.done("orderAmend", amendment(&order, more)).await;
    let open: Vec<String> = (0..4).map(|index| promised(&order, index)).collect();
    assert_eq!(open, ["7", "1", "0", "2"]);
    for (product, reserved) in goods.iter().zip(["7", "1", "0", "2"]) {
        assert_eq!(counter.yard.level(product).await[1], reserved);
    }
    // (7 + 1 + 0 + 2) at 9.50.
    assert_eq!(number(&order, "/totals/gross/amount"), "95");
    assert_eq!(number(&order, "/lines/2/cancelled/inBase"), "4");
    assert_eq!(counter.committed().await, ["95", "0"]);
    assert_eq!(
        counter.told().await,
        ["order.created", "order.confirmed", "order.amended"]
    );
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn too_little_changes_nothing() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "4")])).await;
    let more = json!({ "quantities": [quantity(&order, 0, "11")] });
    let payload = counter.mutate("orderAmend", amendment(&order, more)).await;
    assert_eq!(
        refused(&payload),
        ("INSUFFICIENT_STOCK", "input.quantities.0.quantity".into())
    );
    assert_eq!(counter.order(&order).await, order);
    assert_eq!(counter.yard.level(&cement).await[1], "4");
}

#[tokio::test]
async fn never_less_than_is_on_its_way_or_there() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let order = counter
        .progress(&order, |line| {
            line.planned = 2.into();
            line.delivered = 3.into();
        })
        .await;
    let less = json!({ "quantities": [quantity(&order, 0, "4")] });
    let payload = counter.mutate("orderAmend", amendment(&order, less)).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.quantities.0.quantity".into())
    );
    let gone = json!({ "dropLineIds": [order["lines"][0]["id"]] });
    let payload = counter.mutate("orderAmend", amendment(&order, gone)).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.dropLineIds.0".into())
    );
    let just = json!({ "quantities": [quantity(&order, 0, "5")] });
    let order = counter.done("orderAmend", amendment(&order, just)).await;
    assert_eq!(number(&order, "/lines/0/toDeliver/inBase"), "0");
}

#[tokio::test]
async fn a_line_of_another_order_is_no_line_of_this_one() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "1")])).await;
    let other = counter.confirmed(json!([line(&cement, "1")])).await;
    let more = json!({ "quantities": [quantity(&other, 0, "2")] });
    let payload = counter.mutate("orderAmend", amendment(&order, more)).await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.quantities.0.lineId".into())
    );
    let twice = json!({ "quantities": [quantity(&order, 0, "2")], "dropLineIds": [order["lines"][0]["id"]] });
    let payload = counter.mutate("orderAmend", amendment(&order, twice)).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.dropLineIds.0".into())
    );
    let payload = counter
        .mutate("orderAmend", amendment(&order, json!({})))
        .await;
    assert_eq!(refused(&payload), ("BAD_USER_INPUT", "input".into()));
}
