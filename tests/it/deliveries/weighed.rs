//! Sand: the weighbridge says how much it is.

use serde_json::{Value, json};

use super::{Depot, counted, number, refused, step, with};

/// A product in cubic metres of 1600 kg, of which 20 lie in the first yard at a cost of 8.
async fn sand(depot: &Depot) -> String {
    let sand = depot.yard.measured("SND", "m3", &[("t", 5, 8)]).await;
    depot.yard.put(&sand, "20", "8").await;
    sand
}

fn weighed(delivery: &Value, kilograms: &str) -> Value {
    let line = json!({ "lineId": delivery["lines"][0]["id"], "weight": kilograms });
    with(
        step(delivery),
        &json!({ "signer": "Mr Brown", "lines": [line] }),
    )
}

#[tokio::test]
async fn the_weight_says_how_much_was_delivered() {
    let depot = Depot::open().await;
    let sand = sand(&depot).await;
    let order = depot.order_one(&sand, "10").await;
    let sent = depot.sent(&order, json!({})).await;
    // 16 t were planned, and a tenth more is let pass.
    let much = depot
        .mutate("deliveryConfirm", weighed(&sent, "17601"))
        .await;
    assert_eq!(
        refused(&much),
        ("OVER_DELIVERY", "input.lines.0.weight".into())
    );
    let handed = depot.done("deliveryConfirm", weighed(&sent, "16800")).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "10.5");
    assert_eq!(number(&handed, "/lines/0/weight"), "16800");
    // The rest went at what it costs now.
    assert_eq!(number(&handed, "/lines/0/cost/amount"), "84");
    assert_eq!(
        depot.yard.level(&sand).await[..4],
        ["9.5", "0", "9.5", "76"]
    );
    let open = depot.again(&order).await;
    assert_eq!(counted(&open, 0), ["0", "10.5", "0"]);
    assert_eq!(open["fulfilment"], "FULL");
}

#[tokio::test]
async fn what_weighs_less_is_partly_back() {
    let depot = Depot::open().await;
    let sand = sand(&depot).await;
    let order = depot.order_one(&sand, "10").await;
    let sent = depot.sent(&order, json!({})).await;
    let handed = depot.done("deliveryConfirm", weighed(&sent, "12000")).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "7.5");
    assert_eq!(
        depot.yard.level(&sand).await[..4],
        ["12.5", "2.5", "10", "100"]
    );
    assert_eq!(counted(&depot.again(&order).await, 0), ["0", "7.5", "2.5"]);
}

#[tokio::test]
async fn what_goes_besides_is_taken_off_the_promise() {
    let depot = Depot::open().await;
    let sand = sand(&depot).await;
    let order = depot.order_one(&sand, "20").await;
    let lines = json!([super::part(&order, 0, "10")]);
    let sent = depot.sent(&order, json!({ "lines": lines })).await;
    depot.done("deliveryConfirm", weighed(&sent, "17600")).await;
    let open = depot.again(&order).await;
    assert_eq!(counted(&open, 0), ["0", "11", "9"]);
    assert_eq!(depot.yard.level(&sand).await[..3], ["9", "9", "0"]);
    // A tenth more than what is left would be more than there is.
    let rest = depot.sent(&order, json!({})).await;
    let none = depot
        .mutate("deliveryConfirm", weighed(&rest, "15000"))
        .await;
    assert_eq!(refused(&none), ("INSUFFICIENT_STOCK", "input.lines".into()));
    depot.done("deliveryConfirm", weighed(&rest, "14400")).await;
    assert_eq!(depot.again(&order).await["fulfilment"], "FULL");
}

#[tokio::test]
async fn a_weight_says_nothing_of_what_has_no_unit_of_mass() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "4").await;
    let sent = depot.sent(&order, json!({})).await;
    let handed = depot.done("deliveryConfirm", weighed(&sent, "99")).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "4");
    assert_eq!(number(&handed, "/lines/0/weight"), "99");
}

#[tokio::test]
async fn a_weight_beside_a_quantity_is_refused() {
    let depot = Depot::open().await;
    let sand = sand(&depot).await;
    let order = depot.order_one(&sand, "10").await;
    let sent = depot.sent(&order, json!({})).await;
    let mut input = weighed(&sent, "16000");
    input["lines"][0]["quantity"] = json!({ "value": "10" });
    let both = depot.mutate("deliveryConfirm", input).await;
    assert_eq!(
        refused(&both),
        ("BAD_USER_INPUT", "input.lines.0.quantity".into())
    );
    let huge = depot
        .mutate("deliveryConfirm", weighed(&sent, "99999999999999.999999"))
        .await;
    assert_eq!(refused(&huge).0, "OVER_DELIVERY");
    let mut input = weighed(&sent, "1");
    input["lines"][0]["weight"] = json!("0");
    let nothing = depot.mutate("deliveryConfirm", input).await;
    assert_eq!(refused(&nothing).0, "BAD_USER_INPUT");
}

/// What went beyond the order is not promised to it once more.
#[tokio::test]
async fn an_order_of_which_more_went_is_amended_to_what_is_still_to_go() {
    let depot = Depot::open().await;
    let sand = sand(&depot).await;
    let order = depot.order_one(&sand, "10").await;
    let sent = depot.sent(&order, json!({})).await;
    depot.done("deliveryConfirm", weighed(&sent, "16800")).await;
    let order = depot.again(&order).await;
    let quantity = json!({ "lineId": order["lines"][0]["id"], "quantity": { "value": "12" } });
    let input = with(step(&order), &json!({ "quantities": [quantity] }));
    depot.done("orderAmend", input).await;
    let open = depot.again(&order).await;
    assert_eq!(counted(&open, 0), ["0", "10.5", "1.5"]);
    assert_eq!(open["fulfilment"], "PARTIAL");
}
