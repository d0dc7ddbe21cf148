//! Goods that are bought for one order.

use serde_json::{Value, json};

use super::{Counter, line, number, promised, refused, step};

async fn supplier(counter: &Counter, product: &str) -> Value {
    let client = counter.client();
    let create = "mutation { supplierCreate(input: { code: \"MILL\", name: \"Mill\", tolerance: \"50\" }) { supplier { id } } }";
    let supplier = client.get(create).await["supplierCreate"]["supplier"]["id"].clone();
    let set = "mutation($input: SupplierItemSetInput!) { supplierItemSet(input: $input) { userErrors { code path } } }";
    let input = json!({ "supplierId": supplier, "productId": product, "lastCost": "3", "isPreferred": true });
    client.run(set, json!({ "input": input })).await;
    supplier
}

async fn purchase(counter: &Counter, field: &str, ty: &str, input: Value) -> Value {
    let query = format!(
        "mutation($input: {ty}!) {{ payload: {field}(input: $input) {{ userErrors {{ code path message }} }} }}"
    );
    let data = counter
        .client()
        .run(&query, json!({ "input": input }))
        .await;
    data["payload"]["userErrors"].clone()
}

fn buy(order: &Value) -> Value {
    json!({ "lineIds": [order["lines"][0]["id"]], "idempotencyKey": crate::stock::key() })
}

async fn ordered(counter: &Counter, product: &str, quantity: &str) -> Value {
    let mut one = line(product, quantity);
    one["sourcing"] = json!("SPECIAL");
    counter.confirmed(json!([one])).await
}

/// Whether goods of a line can be bought for the order.
fn offers_to_buy(order: &Value) -> bool {
    let actions = order["allowedActions"].as_array().unwrap();
    actions.contains(&json!("BUY_SPECIAL"))
}

#[tokio::test]
async fn what_comes_is_promised_to_the_line_it_was_bought_for() {
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    supplier(&counter, &cement).await;
    let order = ordered(&counter, &cement, "10").await;
    assert!(offers_to_buy(&order), "{order:#}");
    let bought = counter
        .done("specialOrderToPurchaseOrder", buy(&order))
        .await;
    let bought = &bought[0];
    assert_eq!(
        (&bought["state"], &bought["supplier"]["code"]),
        (&json!("DRAFT"), &json!("MILL"))
    );
    assert_eq!(number(bought, "/lines/0/quantity/inBase"), "10");
    assert_eq!(number(bought, "/lines/0/unitCost/amount"), "3");
    let order = counter.order(&order).await;
    assert!(!offers_to_buy(&order), "{order:#}");
    assert_eq!(
        order["lines"][0]["purchaseOrderLine"]["id"],
        bought["lines"][0]["id"]
    );
    let again = counter
        .mutate("specialOrderToPurchaseOrder", buy(&order))
        .await;
    assert_eq!(refused(&again), ("NOT_ALLOWED", "input.lineIds.0".into()));
    assert_eq!(
        purchase(
            &counter,
            "purchaseOrderSend",
            "PurchaseOrderStepInput",
            step(bought)
        )
        .await,
        json!([])
    );
    // What is to come is not free.
    let query = "query($id: ID!) { product(id: $id) { availability { available { value } projected { value } } } }";
    let free = counter.client().run(query, json!({ "id": cement })).await;
    assert_eq!(number(&free, "/product/availability/projected/value"), "0");
    let came = |quantity: &str| {
        json!({ "purchaseOrderId": bought["id"], "idempotencyKey": crate::stock::key(),
            "lines": [{ "lineId": bought["lines"][0]["id"], "quantity": { "value": quantity } }] })
    };
    assert_eq!(
        purchase(&counter, "goodsReceive", "GoodsReceiveInput", came("4")).await,
        json!([])
    );
    let order = counter.order(&order).await;
    assert_eq!(promised(&order, 0), "4");
    assert_eq!(
        counter.yard.level(&cement).await[..3],
        ["4", "4", "0"].map(str::to_owned)
    );
    // More comes than was wanted: the rest is free.
    assert_eq!(
        purchase(&counter, "goodsReceive", "GoodsReceiveInput", came("8")).await,
        json!([])
    );
    let order = counter.order(&order).await;
    assert_eq!(promised(&order, 0), "10");
    assert_eq!(
        counter.yard.level(&cement).await[..3],
        ["12", "10", "2"].map(str::to_owned)
    );
    counter.done("orderCancel", step(&order)).await;
    assert_eq!(counter.yard.level(&cement).await[2], "12");
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn a_purchase_that_was_given_up_can_be_made_anew() {
    let counter = Counter::open().await;
    let cement = counter.yard.product("CEM").await;
    supplier(&counter, &cement).await;
    let order = ordered(&counter, &cement, "10").await;
    let bought = counter
        .done("specialOrderToPurchaseOrder", buy(&order))
        .await;
    assert_eq!(
        purchase(
            &counter,
            "purchaseOrderCancel",
            "PurchaseOrderStepInput",
            step(&bought[0])
        )
        .await,
        json!([])
    );
    assert!(offers_to_buy(&counter.order(&order).await));
    let bought = counter
        .done("specialOrderToPurchaseOrder", buy(&order))
        .await;
    // A draft that is written anew is bought for nobody.
    let update = json!({ "id": bought[0]["id"], "expectedVersion": 1,
        "lines": [{ "productId": cement, "quantity": { "value": "5" }, "unitCost": "1" }] });
    assert_eq!(
        purchase(
            &counter,
            "purchaseOrderUpdate",
            "PurchaseOrderUpdateInput",
            update
        )
        .await,
        json!([])
    );
    assert_eq!(
        counter.order(&order).await["lines"][0]["purchaseOrderLine"],
        Value::Null
    );
    counter
        .done("specialOrderToPurchaseOrder", buy(&order))
        .await;
}

#[tokio::test]
async fn what_is_not_bought_for_an_order_is_refused() {
    let counter = Counter::open().await;
    let cement = counter.stocked("CEM", "10").await;
    let order = ordered(&counter, &cement, "1").await;
    let payload = counter
        .mutate("specialOrderToPurchaseOrder", buy(&order))
        .await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.lineIds.0".into()));
    let message = payload["userErrors"][0]["message"].as_str().unwrap();
    assert!(message.contains("supplier"), "{message}");
    supplier(&counter, &cement).await;
    let stock = counter.confirmed(json!([line(&cement, "1")])).await;
    assert!(!offers_to_buy(&stock), "{stock:#}");
    let payload = counter
        .mutate("specialOrderToPurchaseOrder", buy(&stock))
        .await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.lineIds.0".into()));
    let mut one = line(&cement, "1");
    one["sourcing"] = json!("SPECIAL");
    let draft = counter.draft(json!([one])).await;
    let payload = counter
        .mutate("specialOrderToPurchaseOrder", buy(&draft))
        .await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.lineIds.0".into()));
}
