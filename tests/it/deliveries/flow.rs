//! From the order to the customer, and back where nobody took the goods.

use serde_json::json;

use super::{Depot, counted, number, ordered, part, refused, step, with};
use crate::stock::line;

#[tokio::test]
async fn two_deliveries_share_an_order_over_two_warehouses() {
    let depot = Depot::open().await;
    let [north, south] = &depot.yard.warehouses;
    let (cement, steel) = (
        depot.stocked("CEM", "100").await,
        depot.yard.product("STL").await,
    );
    let put = json!([line(&steel, "IN", "50", Some("10"))]);
    assert_eq!(depot.yard.adjust_in(1, put).await["userErrors"], json!([]));
    let order = depot
        .order(json!([
            ordered(&cement, "60", north),
            ordered(&steel, "20", south)
        ]))
        .await;
    assert_eq!(counted(&order, 0), ["0", "0", "60"]);

    // Without lines, all that comes from the warehouse.
    let first = depot.plan(&order, json!({})).await;
    assert_eq!(
        (&first["number"], &first["state"]),
        (&json!(1), &json!("PLANNED"))
    );
    assert_eq!(
        (
            &first["addressLine"],
            &first["instructions"],
            &first["recipient"]
        ),
        (
            &json!("1 Quarry Road"),
            &json!("Mind the dog"),
            &json!("Builders BLD")
        )
    );
    assert_eq!(first["lines"].as_array().unwrap().len(), 1);
    assert_eq!(first["allowedActions"], json!(["UPDATE", "LOAD", "CANCEL"]));
    let second = depot.sent(&order, json!({ "warehouseId": south })).await;
    assert_eq!(number(&second, "/lines/0/quantity/inBase"), "20");
    assert_eq!(number(&second, "/lines/0/cost/amount"), "200");
    let loaded = depot.done("deliveryLoad", step(&first)).await;
    assert_eq!(loaded["allowedActions"], json!(["DISPATCH", "CANCEL"]));
    assert_eq!(depot.yard.level(&cement).await[..3], ["100", "60", "40"]);
    let sent = depot.done("deliveryDispatch", step(&loaded)).await;
    assert_eq!(sent["allowedActions"], json!(["CONFIRM", "FAIL"]));
    assert_eq!(depot.yard.level(&cement).await[..3], ["40", "0", "40"]);
    let open = depot.again(&order).await;
    assert_eq!(counted(&open, 0), ["60", "0", "0"]);
    assert_eq!(counted(&open, 1), ["20", "0", "0"]);

    for delivery in [&sent, &second] {
        let input = with(step(delivery), &json!({ "signer": "Mr Brown" }));
        let handed = depot.done("deliveryConfirm", input).await;
        assert_eq!(
            (&handed["state"], &handed["signer"]),
            (&json!("DELIVERED"), &json!("Mr Brown"))
        );
        assert_eq!(handed["allowedActions"], json!([]));
    }
    let whole = depot.again(&order).await;
    assert_eq!(whole["fulfilment"], "FULL");
    assert_eq!(counted(&whole, 0), ["0", "60", "0"]);
    let query = "{ stockMovements(where: { kinds: [ISSUE] }) { nodes { sourceId } } }";
    let data = depot.client().get(query).await;
    let movements = data["stockMovements"]["nodes"].as_array().unwrap();
    assert_eq!(movements.len(), 2);
    assert!(movements.iter().any(|row| row["sourceId"] == sent["id"]));
    let deeds = ["planned", "loaded", "dispatched"].repeat(2);
    let mut told = depot.told("delivery").await;
    assert_eq!(told.split_off(6), ["delivery.delivered"; 2]);
    let mut deeds: Vec<String> = deeds
        .iter()
        .map(|deed| format!("delivery.{deed}"))
        .collect();
    deeds.sort();
    told.sort();
    assert_eq!(told, deeds);
}

#[tokio::test]
async fn what_was_not_taken_comes_back_at_its_cost_and_is_promised_again() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "10").await;
    let sent = depot.sent(&order, json!({})).await;
    assert_eq!(depot.yard.level(&cement).await[..4], ["0", "0", "0", "0"]);
    // Meanwhile others come, which cost more.
    depot.yard.put(&cement, "7", "11").await;
    let input = with(
        step(&sent),
        &json!({ "signer": "Ms Green", "lines": [{ "lineId": sent["lines"][0]["id"],
            "quantity": { "value": "7" } }] }),
    );
    let handed = depot.done("deliveryConfirm", input).await;
    assert_eq!(number(&handed, "/lines/0/delivered/inBase"), "7");
    assert_eq!(number(&handed, "/lines/0/cost/amount"), "28");
    // 7 at 11 and 3 at 4; three of them are promised.
    assert_eq!(depot.yard.level(&cement).await[..4], ["10", "3", "7", "89"]);
    let open = depot.again(&order).await;
    assert_eq!(
        (counted(&open, 0), &open["fulfilment"]),
        (["0".into(), "7".into(), "3".into()], &json!("PARTIAL"))
    );
    let rest = depot.sent(&order, json!({})).await;
    assert_eq!(number(&rest, "/lines/0/quantity/inBase"), "3");
    let input = with(step(&rest), &json!({ "signer": "Ms Green" }));
    depot.done("deliveryConfirm", input).await;
    assert_eq!(depot.again(&order).await["fulfilment"], "FULL");
}

#[tokio::test]
async fn a_delivery_that_failed_brings_all_of_it_back() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "10").await;
    let order = depot.order_one(&cement, "6").await;
    let sent = depot.sent(&order, json!({})).await;
    let input = with(step(&sent), &json!({ "reason": "Nobody was there" }));
    let failed = depot.done("deliveryFail", input).await;
    assert_eq!(
        (&failed["state"], &failed["failureReason"]),
        (&json!("FAILED"), &json!("Nobody was there"))
    );
    assert_eq!(number(&failed, "/lines/0/delivered/inBase"), "0");
    assert_eq!(number(&failed, "/lines/0/cost/amount"), "0");
    assert_eq!(depot.yard.level(&cement).await[..4], ["10", "6", "4", "40"]);
    assert_eq!(counted(&depot.again(&order).await, 0), ["0", "0", "6"]);
    depot.sent(&order, json!({})).await;
    assert_eq!(depot.yard.level(&cement).await[..3], ["4", "0", "4"]);
}

#[tokio::test]
async fn goods_go_from_another_warehouse_than_they_are_promised_in() {
    let depot = Depot::open().await;
    let [_, south] = &depot.yard.warehouses;
    let cement = depot.stocked("CEM", "10").await;
    let put = json!([line(&cement, "IN", "5", Some("6"))]);
    depot.yard.adjust_in(1, put).await;
    let order = depot.order_one(&cement, "8").await;
    let lines = json!([part(&order, 0, "5")]);
    let sent = depot
        .sent(&order, json!({ "warehouseId": south, "lines": lines }))
        .await;
    assert_eq!(number(&sent, "/lines/0/cost/amount"), "30");
    // What goes there needs not be kept here.
    assert_eq!(depot.yard.level(&cement).await[..3], ["10", "3", "7"]);
    let lines = json!([part(&order, 0, "3")]);
    let planned = depot
        .plan(&order, json!({ "warehouseId": south, "lines": lines }))
        .await;
    let loaded = depot.done("deliveryLoad", step(&planned)).await;
    let short = depot.mutate("deliveryDispatch", step(&loaded)).await;
    assert_eq!(refused(&short), ("INSUFFICIENT_STOCK", "input.id".into()));
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn services_and_what_suppliers_bring_move_no_stock() {
    let depot = Depot::open().await;
    let mut input = depot.yard.dealer.product_input("TRIP").await;
    input["kind"] = json!("SERVICE");
    input["baseUnitId"] = depot.yard.unit("trip").await;
    let create = crate::support::CREATE_PRODUCT;
    let made = depot.client().run(create, json!({ "input": input })).await;
    let trip = made["productCreate"]["product"]["id"].clone();
    let tiles = depot.yard.product("TIL").await;
    let order = depot
        .order(json!([
            { "productId": trip, "quantity": { "value": "1" } },
            { "productId": tiles, "quantity": { "value": "5" }, "sourcing": "DIRECT" },
        ]))
        .await;
    let sent = depot.sent(&order, json!({})).await;
    assert_eq!(sent["lines"].as_array().unwrap().len(), 2);
    let input = with(
        step(&sent),
        &json!({ "signer": "Mr Brown", "lines": [{ "lineId": sent["lines"][1]["id"],
            "quantity": { "value": "4" } }] }),
    );
    let handed = depot.done("deliveryConfirm", input).await;
    assert_eq!(handed["lines"][0]["cost"], json!(null));
    let open = depot.again(&order).await;
    assert_eq!(counted(&open, 0), ["0", "1", "0"]);
    assert_eq!(counted(&open, 1), ["0", "4", "0"]);
    let data = depot
        .client()
        .get("{ stockMovements { totalCount } }")
        .await;
    assert_eq!(data["stockMovements"]["totalCount"], 0);
}
