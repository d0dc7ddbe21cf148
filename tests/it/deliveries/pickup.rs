//! The short way over the counter.

use serde_json::{Value, json};

use super::{Depot, counted, number, part, refused, with};
use crate::files::{png, upload};
use crate::stock::key;

fn counter(order: &Value, more: &Value) -> Value {
    let input = json!({ "orderId": order["id"], "signer": "Ms Green", "idempotencyKey": key() });
    with(input, more)
}

#[tokio::test]
async fn goods_are_handed_over_at_once() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "6").await;
    let lines = json!([part(&order, 0, "4")]);
    let handed = depot
        .done(
            "deliveryPickup",
            counter(&order, &json!({ "lines": lines })),
        )
        .await;
    assert_eq!(
        (
            &handed["state"],
            &handed["method"],
            &handed["signer"],
            &handed["number"]
        ),
        (
            &json!("DELIVERED"),
            &json!("PICKUP"),
            &json!("Ms Green"),
            &json!(1)
        )
    );
    assert_eq!(
        (&handed["addressLine"], &handed["allowedActions"]),
        (&json!(null), &json!([]))
    );
    assert_eq!(number(&handed, "/lines/0/cost/amount"), "16");
    assert_eq!(depot.yard.level(&cement).await[..3], ["6", "2", "4"]);
    assert_eq!(counted(&depot.again(&order).await, 0), ["0", "4", "2"]);
    let rest = depot
        .done("deliveryPickup", counter(&order, &json!({})))
        .await;
    assert_eq!(number(&rest, "/lines/0/delivered/inBase"), "2");
    assert_eq!(depot.again(&order).await["fulfilment"], "FULL");
    assert_eq!(depot.told("delivery").await, ["delivery.delivered"; 2]);
    let nothing = depot
        .mutate("deliveryPickup", counter(&order, &json!({})))
        .await;
    assert_eq!(refused(&nothing), ("NOT_ALLOWED", "input.orderId".into()));
}

#[tokio::test]
async fn sand_is_weighed_at_the_gate() {
    let depot = Depot::open().await;
    let sand = depot.yard.measured("SND", "m3", &[("t", 5, 8)]).await;
    depot.yard.put(&sand, "20", "8").await;
    let order = depot.order_one(&sand, "10").await;
    let take = |kilograms: &str| {
        let line = json!({ "orderLineId": order["lines"][0]["id"], "weight": kilograms });
        counter(&order, &json!({ "lines": [line] }))
    };
    let much = depot.mutate("deliveryPickup", take("17601")).await;
    assert_eq!(
        refused(&much),
        ("OVER_DELIVERY", "input.lines.0.weight".into())
    );
    let handed = depot.done("deliveryPickup", take("8000")).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "5");
    let handed = depot.done("deliveryPickup", take("8800")).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "5.5");
    assert_eq!(depot.yard.level(&sand).await[..3], ["9.5", "0", "9.5"]);
    assert_eq!(counted(&depot.again(&order).await, 0), ["0", "10.5", "0"]);
}

#[tokio::test]
async fn a_photograph_proves_it() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "6").await;
    let file = upload(&depot.yard.dealer, "signed.png", &png("signed")).await;
    let lines = json!([part(&order, 0, "1")]);
    let none = counter(
        &order,
        &json!({ "lines": lines, "fileIds": ["fil_00000000000000000000000000000000"] }),
    );
    let none = depot.mutate("deliveryPickup", none).await;
    assert_eq!(refused(&none), ("NOT_FOUND", "input.fileIds.0".into()));
    assert_eq!(depot.yard.level(&cement).await[..3], ["10", "6", "4"]);
    let with_file = counter(&order, &json!({ "lines": lines, "fileIds": [file] }));
    let handed = depot.done("deliveryPickup", with_file).await;
    let query = "query($id: ID) { delivery(id: $id) { attachments { file { id name } } } }";
    let data = depot
        .client()
        .run(query, json!({ "id": handed["id"] }))
        .await;
    assert_eq!(
        data["delivery"]["attachments"],
        json!([{ "file": { "id": file, "name": "signed.png" } }])
    );
}
