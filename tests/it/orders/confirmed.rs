//! Confirming: goods are promised where they lie, all of them or none.

use serde_json::{Value, json};

use super::{Counter, details, line, number, promised, refused, step};

#[tokio::test]
async fn goods_are_promised_in_one_of_two_warehouses_and_nothing_moves() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let more = json!([crate::stock::line(&cement, "IN", "10", Some("4"))]);
    counter.yard.adjust_in(1, more).await;
    let order = counter.confirmed(json!([line(&cement, "6")])).await;
    assert_eq!(order["state"], "CONFIRMED");
    assert_eq!(promised(&order, 0), "6");
    assert!(order["confirmedAt"].is_string());
    // On hand, reserved, available: of the first yard alone.
    let level = counter.yard.level(&cement).await;
    assert_eq!(level[..3], ["10", "6", "4"].map(str::to_owned));
    let query = "query($p: ID!, $w: ID!) { stockLevels(where: { productId: { eq: $p }, warehouseId: { eq: $w } }) {
        nodes { onHand { value } reserved { value } } }
        stockMovements(where: { productId: { eq: $p } }) { totalCount } }";
    let keys = json!({ "p": cement, "w": counter.yard.warehouses[1] });
    let data = counter.client().run(query, keys).await;
    assert_eq!(number(&data, "/stockLevels/nodes/0/onHand/value"), "10");
    assert_eq!(number(&data, "/stockLevels/nodes/0/reserved/value"), "0");
    // Two came in; a promise is no movement.
    assert_eq!(data["stockMovements"]["totalCount"], 2);
    assert_eq!(counter.committed().await, ["57", "0"]);
    assert_eq!(counter.told().await, ["order.created", "order.confirmed"]);
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn too_little_of_one_line_promises_none_and_says_what_there_is() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "10").await,
        counter.stocked("SND", "10").await,
    );
    let more = json!([crate::stock::line(&cement, "IN", "50", Some("4"))]);
    counter.yard.adjust_in(1, more).await;
    let lines = json!([line(&sand, "5"), line(&cement, "8"), line(&cement, "8")]);
    let draft = counter.draft(lines).await;
    let payload = counter.step("orderConfirm", &draft).await;
    assert_eq!(refused(&payload), ("INSUFFICIENT_STOCK", "input.id".into()));
    let told = details(&payload["userErrors"][0]);
    // The first line of it got 8 of 10.
    assert_eq!(
        (told["available"].as_str(), told["requested"].as_str()),
        ("2", "8")
    );
    assert_eq!(json!(told["lineId"]), draft["lines"][2]["id"]);
    assert_eq!(told["wholeUnits"], "2");
    let others: Value = serde_json::from_str(&told["otherWarehouses"]).unwrap();
    let south = json!([{ "warehouseId": counter.yard.warehouses[1], "available": "50" }]);
    assert_eq!(others, south);
    assert!(!told.contains_key("availableOn"));
    assert_eq!(counter.yard.level(&sand).await[1], "0");
    assert_eq!(counter.order(&draft).await["state"], "DRAFT");
    assert_eq!(counter.committed().await, ["0", "0"]);
}

#[tokio::test]
async fn the_day_on_which_enough_will_have_come_is_named() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "1").await;
    let client = counter.client();
    let supplier = "mutation { supplierCreate(input: { code: \"MILL\", name: \"Mill\" }) { supplier { id } } }";
    let supplier = client.get(supplier).await["supplierCreate"]["supplier"]["id"].clone();
    let create = "mutation($input: PurchaseOrderCreateInput!) { purchaseOrderCreate(input: $input) { purchaseOrder { id version } } }";
    let bought = json!({ "productId": cement, "quantity": { "value": "20" }, "unitCost": "1",
        "expectedOn": "2030-05-06" });
    let input = json!({ "supplierId": supplier, "warehouseId": counter.yard.warehouses[0],
        "lines": [bought], "idempotencyKey": crate::stock::key() });
    let made = client.run(create, json!({ "input": input })).await;
    let send = "mutation($input: PurchaseOrderStepInput!) { purchaseOrderSend(input: $input) { userErrors { code } } }";
    let input = step(&made["purchaseOrderCreate"]["purchaseOrder"]);
    client.run(send, json!({ "input": input })).await;
    let draft = counter.draft(json!([line(&cement, "12")])).await;
    let payload = counter.step("orderConfirm", &draft).await;
    let told = details(&payload["userErrors"][0]);
    assert_eq!(told["availableOn"], "2030-05-06");
    assert!(!told.contains_key("otherWarehouses"));
}

#[tokio::test]
async fn a_warehouse_is_chosen_that_has_all_of_a_line() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "10").await,
        counter.stocked("SND", "10").await,
    );
    for (product, quantity) in [(&cement, "12"), (&sand, "5")] {
        let more = json!([crate::stock::line(product, "IN", quantity, Some("4"))]);
        counter.yard.adjust_in(1, more).await;
    }
    let mut lines = [line(&cement, "4"), line(&sand, "4"), line(&cement, "9")];
    for line in &mut lines {
        line["chooseWarehouse"] = json!(true);
    }
    let order = counter.confirmed(json!(lines)).await;
    let places: Vec<&Value> = (0..3)
        .map(|index| &order["lines"][index]["warehouse"]["code"])
        .collect();
    // The most of the first, and where there is enough left of it for the third.
    assert_eq!(json!(places), json!(["SOUTH", "NORTH", "NORTH"]));
    assert_eq!(
        order["lines"][0]["reservations"][0]["warehouse"]["id"],
        json!(counter.yard.warehouses[1])
    );
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn services_and_what_others_bring_is_promised_nowhere() {
    let counter = Counter::open().await;
    let mut ids = Vec::new();
    for (sku, kind) in [
        ("CRANE", "SERVICE"),
        ("MIX", "DIRECT_DELIVERY"),
        ("ODD", "SPECIAL_ORDER"),
    ] {
        let mut input = counter.yard.dealer.product_input(sku).await;
        input["kind"] = json!(kind);
        let made = counter
            .client()
            .run(crate::support::CREATE_PRODUCT, json!({ "input": input }))
            .await;
        ids.push(
            made["productCreate"]["product"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let lines: Vec<Value> = ids.iter().map(|id| line(id, "2")).collect();
    let order = counter.confirmed(json!(lines)).await;
    let ways: Vec<&Value> = (0..3)
        .map(|index| &order["lines"][index]["sourcing"])
        .collect();
    assert_eq!(json!(ways), json!(["NONE", "DIRECT", "SPECIAL"]));
    assert_eq!(order["lines"][0]["warehouse"], Value::Null);
    assert_eq!(order["lines"][2]["warehouse"]["code"], "NORTH");
    for index in 0..3 {
        assert_eq!(promised(&order, index), "0");
    }
    assert_eq!(counter.committed().await, ["57", "0"]);
}

#[tokio::test]
async fn what_is_confirmed_is_confirmed_once() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let draft = counter.draft(json!([line(&cement, "5")])).await;
    let confirmed = counter.done("orderConfirm", step(&draft)).await;
    let again = counter.step("orderConfirm", &confirmed).await;
    assert_eq!(refused(&again), ("NOT_ALLOWED", "input.id".into()));
    let late = counter.step("orderConfirm", &draft).await;
    assert_eq!(refused(&late), ("CONFLICT", "input.expectedVersion".into()));
    let update = json!({ "id": draft["id"], "expectedVersion": confirmed["version"], "note": "x" });
    let update = counter.mutate("orderUpdate", update).await;
    assert_eq!(refused(&update), ("NOT_ALLOWED", "input.id".into()));
    assert_eq!(counter.yard.level(&cement).await[1], "5");
}
