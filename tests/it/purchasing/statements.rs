//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Office, document, key, line, receipt, step};

/// Statements of ordering, sending and receiving so many products, new to the yard.
async fn cost(office: &Office, lines: usize) -> [u64; 4] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = office.yard.product(&format!("L{lines}-{index}")).await;
        let more = json!({ "lastCost": "1", "isPreferred": true });
        office.item(&office.supplier, &product, more).await;
        wanted.push(line(&product, "10", "2"));
    }
    let run = async |field: &str, input: Value| {
        let answer = office
            .client()
            .send(&document(field), json!({ "input": input }))
            .await;
        let payload = answer.body["data"]["payload"].clone();
        assert_eq!(
            payload["userErrors"],
            json!([]),
            "{field}: {:#}",
            answer.body
        );
        (answer.statements(), payload)
    };
    let (created, payload) = run("purchaseOrderCreate", office.order_input(&json!(wanted))).await;
    let (sent, payload) = run("purchaseOrderSend", step(&payload["purchaseOrder"])).await;
    let order = &payload["purchaseOrder"];
    let mut input = receipt(order, Value::Null);
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "7" }]);
    let (received, _) = run("goodsReceive", input).await;
    for line in order["lines"].as_array().unwrap() {
        let point = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) { userErrors { code } } }";
        let input = json!({ "productId": line["product"]["id"], "warehouseId": office.yard.warehouses[0],
            "reorderPoint": "50" });
        office.client().run(point, json!({ "input": input })).await;
    }
    let input = json!({ "warehouseId": office.yard.warehouses[0], "idempotencyKey": key() });
    let (reordered, payload) = run("reorderToPurchaseOrders", input).await;
    let ordered = payload["purchaseOrders"][0]["lines"].as_array().unwrap();
    assert_eq!(ordered.len(), lines);
    [created, sent, received, reordered]
}

#[tokio::test]
async fn ten_lines_cost_as_many_statements_as_one() {
    let office = Office::open().await;
    let one = cost(&office, 1).await;
    let ten = cost(&office, 10).await;
    assert_eq!(one, ten, "creating, sending, receiving, reordering");
    assert!(one.iter().all(|statements| *statements < 40), "{one:?}");
}

#[tokio::test]
async fn a_list_of_orders_costs_one_statement_per_level() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    for _ in 0..3 {
        let sent = office
            .sent(json!([line(&cement, "10", "2"), line(&cement, "5", "2")]))
            .await;
        office.receive(&sent, Value::Null).await;
    }
    let query = "{ purchaseOrders(first: 50) { nodes { number total { amount } supplier { code }
        lines { quantity { value unit { code } } product { sku } }
        receipts { number lines { landedCost { amount } orderLine { id } } landedCosts { kind } } } } }";
    let answer = office.client().send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    // Orders; suppliers; lines; units; products; receipts; their lines; the order's lines by
    // id; costs.
    assert_eq!(answer.statements(), 9);
}
