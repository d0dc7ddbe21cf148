//! What can be planned, and what is refused.

use serde_json::{Value, json};

use super::{Depot, counted, number, ordered, part, planned, refused, step, with};

#[tokio::test]
async fn what_is_planned_is_not_planned_again() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "10").await;
    let some = |quantity: &str| json!({ "lines": [part(&order, 0, quantity)] });
    let first = depot.plan(&order, some("7")).await;
    assert_eq!(counted(&depot.again(&order).await, 0), ["7", "0", "10"]);
    let much = depot
        .mutate("deliveryPlan", planned(&order, &some("4")))
        .await;
    assert_eq!(
        refused(&much),
        ("OVER_DELIVERY", "input.lines.0.quantity".into())
    );
    let details = &much["userErrors"][0]["details"];
    assert_eq!(details[1], json!({ "name": "open", "value": "3" }));
    depot.plan(&order, json!({})).await;
    let none = depot
        .mutate("deliveryPlan", planned(&order, &json!({})))
        .await;
    assert_eq!(refused(&none), ("NOT_ALLOWED", "input.orderId".into()));
    let cancelled = depot.done("deliveryCancel", step(&first)).await;
    assert_eq!(cancelled["state"], "CANCELLED");
    // What was planned stays promised.
    assert_eq!(counted(&depot.again(&order).await, 0), ["3", "0", "10"]);
    depot.plan(&order, some("7")).await;
}

#[tokio::test]
async fn a_plan_is_changed_while_it_is_one() {
    let depot = Depot::open().await;
    let [north, _] = &depot.yard.warehouses;
    let (cement, sand) = (
        depot.stocked("CEM", "50").await,
        depot.stocked("SND", "50").await,
    );
    let order = depot
        .order(json!([
            ordered(&cement, "10", north),
            ordered(&sand, "5", north)
        ]))
        .await;
    let first = depot.plan(&order, json!({})).await;
    let change = json!({ "lines": [part(&order, 1, "2")], "plannedOn": "2099-12-24",
        "addressLine": null, "note": "by noon" });
    let changed = depot
        .done("deliveryUpdate", with(step(&first), &change))
        .await;
    assert_eq!(changed["lines"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &changed["plannedOn"],
            &changed["addressLine"],
            &changed["version"]
        ),
        (&json!("2099-12-24"), &json!(null), &json!(2))
    );
    let open = depot.again(&order).await;
    assert_eq!(
        (counted(&open, 0)[0].as_str(), counted(&open, 1)[0].as_str()),
        ("0", "2")
    );
    let stale = depot.mutate("deliveryUpdate", step(&first)).await;
    assert_eq!(
        refused(&stale),
        ("CONFLICT", "input.expectedVersion".into())
    );
    let loaded = depot.done("deliveryLoad", step(&changed)).await;
    let late = depot.mutate("deliveryUpdate", step(&loaded)).await;
    assert_eq!(refused(&late), ("NOT_ALLOWED", "input.id".into()));
}

#[tokio::test]
async fn amounts_are_taken_in_any_unit() {
    let depot = Depot::open().await;
    let cement = depot
        .yard
        .measured("CEM", "bag", &[("pallet", 40, 1)])
        .await;
    depot.yard.put(&cement, "200", "4").await;
    let order = depot.order_one(&cement, "100").await;
    let pallets = json!({ "orderLineId": order["lines"][0]["id"],
        "quantity": { "value": "2", "unitId": depot.yard.unit("pallet").await } });
    let sent = depot.sent(&order, json!({ "lines": [pallets] })).await;
    assert_eq!(
        sent["lines"][0]["quantity"],
        json!({ "value": "2", "inBase": "80" })
    );
    assert_eq!(sent["lines"][0]["unitCode"], "pallet");
    let bags = json!([{ "lineId": sent["lines"][0]["id"], "quantity": { "value": "60" } }]);
    let input = with(step(&sent), &json!({ "signer": "Mr Brown", "lines": bags }));
    let handed = depot.done("deliveryConfirm", input).await;
    assert_eq!(
        handed["lines"][0]["delivered"],
        json!({ "value": "1.5", "inBase": "60" })
    );
    assert_eq!(number(&handed, "/lines/0/cost/amount"), "240");
}

#[tokio::test]
async fn what_is_wrong_is_told_of_its_field() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "50").await;
    let order = depot.order_one(&cement, "10").await;
    let draft = json!({ "customerId": depot.customer, "warehouseId": depot.yard.warehouses[0],
        "lines": [ordered(&cement, "1", &depot.yard.warehouses[0])], "idempotencyKey": crate::stock::key() });
    let draft = super::done(depot.client(), "orderCreate", draft).await;
    let nowhere = |prefix: &str| format!("{prefix}_{}", "0".repeat(32));
    let twice = json!([part(&order, 0, "1"), part(&order, 0, "1")]);
    let stranger = json!([{ "orderLineId": draft["lines"][0]["id"] }]);
    let none: Vec<Value> = Vec::new();
    for (more, code, path) in [
        (json!({ "orderId": nowhere("ord") }), "NOT_FOUND", "orderId"),
        (json!({ "orderId": draft["id"] }), "NOT_ALLOWED", "orderId"),
        (
            json!({ "lines": twice }),
            "BAD_USER_INPUT",
            "lines.1.orderLineId",
        ),
        (
            json!({ "lines": stranger }),
            "NOT_FOUND",
            "lines.0.orderLineId",
        ),
        (json!({ "lines": none }), "BAD_USER_INPUT", "lines"),
        (
            json!({ "warehouseId": nowhere("whs") }),
            "NOT_FOUND",
            "warehouseId",
        ),
        (json!({ "runId": nowhere("run") }), "NOT_FOUND", "runId"),
        (json!({ "stop": 1 }), "BAD_USER_INPUT", "stop"),
        (json!({ "plannedOn": null }), "BAD_USER_INPUT", "plannedOn"),
        (
            json!({ "plannedOn": "0001-01-01" }),
            "BAD_USER_INPUT",
            "plannedOn",
        ),
        (json!({ "city": "x".repeat(101) }), "BAD_USER_INPUT", "city"),
    ] {
        let payload = depot.mutate("deliveryPlan", planned(&order, &more)).await;
        assert_eq!(refused(&payload), (code, format!("input.{path}")), "{more}");
    }
    let sent = depot.sent(&order, json!({})).await;
    let line =
        |value: &str| json!([{ "lineId": sent["lines"][0]["id"], "quantity": { "value": value } }]);
    for (more, code, path) in [
        (json!({ "signer": " " }), "BAD_USER_INPUT", "signer"),
        (
            json!({ "lines": line("11") }),
            "OVER_DELIVERY",
            "lines.0.quantity",
        ),
        (
            json!({ "lines": line("0.5") }),
            "BAD_USER_INPUT",
            "lines.0.quantity.value",
        ),
        (json!({ "lines": line("0") }), "NOT_ALLOWED", "lines"),
        (
            json!({ "lines": [{ "lineId": nowhere("dll"), "weight": "1" }] }),
            "NOT_FOUND",
            "lines.0.lineId",
        ),
        (
            json!({ "lines": [{ "lineId": sent["lines"][0]["id"] }] }),
            "BAD_USER_INPUT",
            "lines.0.quantity",
        ),
    ] {
        let input = with(step(&sent), &json!({ "signer": "Mr Brown" }));
        let payload = depot.mutate("deliveryConfirm", with(input, &more)).await;
        assert_eq!(refused(&payload), (code, format!("input.{path}")), "{more}");
    }
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn an_order_on_hold_stays() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "50").await;
    let order = depot.order_one(&cement, "10").await;
    let planned = depot.plan(&order, json!({})).await;
    let loaded = depot.done("deliveryLoad", step(&planned)).await;
    let order = depot.again(&order).await;
    let input = with(step(&order), &json!({ "reason": "a wrong address" }));
    let held = depot.done("orderHold", input).await;
    let stays = depot.mutate("deliveryDispatch", step(&loaded)).await;
    assert_eq!(refused(&stays), ("NOT_ALLOWED", "input.id".into()));
    let release = "mutation($input: OrderStepInput!) { orderHoldRelease(input: $input) { userErrors { code } } }";
    let released = depot
        .client()
        .run(release, json!({ "input": step(&held) }))
        .await;
    assert_eq!(released["orderHoldRelease"]["userErrors"], json!([]));
    depot.done("deliveryDispatch", step(&loaded)).await;
}

/// What is on its way to a customer may come back.
#[tokio::test]
async fn a_place_stays_in_use_while_goods_are_on_their_way_from_it() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "10").await;
    depot.sent(&order, json!({})).await;
    let kept = depot.yard.archive(&depot.yard.warehouses[0]).await;
    assert_eq!(refused(&kept), ("NOT_ALLOWED", "input.id".to_owned()));
    let message = kept["userErrors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("has open deliveries, open orders;"),
        "{message}"
    );
}
