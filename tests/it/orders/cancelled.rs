//! Giving up what is not delivered.

use serde_json::json;

use super::{Counter, line, number, promised, refused, step};

#[tokio::test]
async fn a_part_of_a_line_is_given_up_and_its_goods_are_free() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let cancel = |order: &serde_json::Value, value: &str| {
        json!({ "lineId": order["lines"][0]["id"], "expectedVersion": order["version"],
            "quantity": { "value": value } })
    };
    let order = counter.done("orderLineCancel", cancel(&order, "3")).await;
    assert_eq!(promised(&order, 0), "5");
    assert_eq!(number(&order, "/lines/0/cancelled/inBase"), "3");
    assert_eq!(number(&order, "/totals/gross/amount"), "47.5");
    assert_eq!(
        counter.yard.level(&cement).await[..3],
        ["10", "5", "5"].map(str::to_owned)
    );
    let payload = counter.mutate("orderLineCancel", cancel(&order, "6")).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.quantity".into()));
    let rest = json!({ "lineId": order["lines"][0]["id"], "expectedVersion": order["version"] });
    let order = counter.done("orderLineCancel", rest).await;
    // Nothing of it is wanted any more.
    assert_eq!(order["state"], "CANCELLED");
    assert_eq!(counter.committed().await, ["0", "0"]);
    assert_eq!(
        counter.told().await,
        [
            "order.created",
            "order.confirmed",
            "order.cancelled",
            "order.cancelled"
        ]
    );
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn a_draft_and_an_order_are_cancelled() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let draft = counter.draft(json!([line(&cement, "8")])).await;
    let gone = counter.done("orderCancel", step(&draft)).await;
    assert_eq!(
        (&gone["state"], &gone["allowedActions"]),
        (&json!("CANCELLED"), &json!([]))
    );
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let gone = counter.done("orderCancel", step(&order)).await;
    assert_eq!(gone["state"], "CANCELLED");
    assert_eq!(counter.yard.level(&cement).await[1], "0");
    let again = counter.step("orderCancel", &gone).await;
    assert_eq!(refused(&again), ("NOT_ALLOWED", "input.id".into()));
}

#[tokio::test]
async fn what_is_delivered_stays_and_the_order_closes_when_it_is_invoiced() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let early = counter.step("orderClose", &order).await;
    assert_eq!(refused(&early), ("NOT_ALLOWED", "input.id".into()));
    let order = counter
        .progress(&order, |line| line.planned = 3.into())
        .await;
    let payload = counter.step("orderCancel", &order).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    let order = counter
        .progress(&order, |line| {
            (line.planned, line.delivered) = (0.into(), 3.into());
        })
        .await;
    assert_eq!(order["fulfilment"], "PARTIAL");
    let order = counter.done("orderClose", step(&order)).await;
    assert_eq!(
        (&order["state"], &order["fulfilment"]),
        (&json!("CONFIRMED"), &json!("FULL"))
    );
    assert_eq!(number(&order, "/totals/gross/amount"), "28.5");
    assert_eq!(counter.committed().await, ["0", "28.5"]);
    let order = counter
        .progress(&order, |line| line.invoiced = 3.into())
        .await;
    assert_eq!(
        (&order["state"], &order["billing"]),
        (&json!("CLOSED"), &json!("FULL"))
    );
    assert_eq!(
        counter.told().await,
        [
            "order.created",
            "order.confirmed",
            "order.progressed",
            "order.progressed",
            "order.closed",
            "order.closed"
        ]
    );
}

#[tokio::test]
async fn what_is_invoiced_is_credited_before_it_is_given_up() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = counter.confirmed(json!([line(&cement, "8")])).await;
    let order = counter
        .progress(&order, |line| line.invoiced = 5.into())
        .await;
    let payload = counter.step("orderCancel", &order).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    assert_eq!(number(&order, "/lines/0/cancellable/inBase"), "3");
}
