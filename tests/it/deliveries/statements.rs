//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Depot, document, ordered, planned, step, with};
use crate::stock::key;

/// Statements of planning, loading, dispatching and confirming so many lines with a shortfall of
/// each, and of handing as many over at the counter.
async fn cost(depot: &Depot, lines: usize) -> [u64; 5] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = depot.stocked(&format!("L{lines}-{index}"), "50").await;
        wanted.push(ordered(&product, "10", &depot.yard.warehouses[0]));
    }
    let run = async |field: &str, input: Value| {
        let answer = depot
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
        (answer.statements(), payload["delivery"].clone())
    };
    let order = depot.order(json!(wanted)).await;
    let (plan, delivery) = run("deliveryPlan", planned(&order, &json!({}))).await;
    let (load, delivery) = run("deliveryLoad", step(&delivery)).await;
    let (dispatch, sent) = run("deliveryDispatch", step(&delivery)).await;
    let short = |line: &Value| json!({ "lineId": line["id"], "quantity": { "value": "7" } });
    let short: Vec<Value> = sent["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(short)
        .collect();
    let input = with(step(&sent), &json!({ "signer": "S", "lines": short }));
    let (confirm, _) = run("deliveryConfirm", input).await;
    let input = json!({ "orderId": order["id"], "signer": "S", "idempotencyKey": key() });
    let (pickup, _) = run("deliveryPickup", input).await;
    [plan, load, dispatch, confirm, pickup]
}

#[tokio::test]
async fn ten_lines_cost_as_many_statements_as_one() {
    let depot = Depot::open().await;
    let one = cost(&depot, 1).await;
    let ten = cost(&depot, 10).await;
    assert_eq!(
        one, ten,
        "planning, loading, dispatching, confirming, at the counter"
    );
    assert!(one.iter().all(|statements| *statements < 60), "{one:?}");
}

#[tokio::test]
async fn a_run_of_ten_lines_costs_as_many_statements_as_one_of_one() {
    let depot = Depot::open().await;
    let mut costs = Vec::new();
    for lines in [1, 10] {
        let mut wanted = Vec::new();
        for index in 0..lines {
            let product = depot.stocked(&format!("R{lines}-{index}"), "50").await;
            wanted.push(ordered(&product, "10", &depot.yard.warehouses[0]));
        }
        let order = depot.order(json!(wanted)).await;
        let input = json!({ "warehouseId": depot.yard.warehouses[0], "truck": "T",
            "runsOn": super::DAY, "idempotencyKey": key() });
        let run = depot.done("deliveryRunCreate", input).await;
        let delivery = depot.plan(&order, json!({ "runId": run["id"] })).await;
        depot.done("deliveryLoad", step(&delivery)).await;
        let answer = depot
            .client()
            .send(
                &document("deliveryRunStart"),
                json!({ "input": step(&run) }),
            )
            .await;
        assert_eq!(answer.body["data"]["payload"]["userErrors"], json!([]));
        costs.push(answer.statements());
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn a_list_of_deliveries_costs_one_statement_per_level() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "50").await;
    for _ in 0..3 {
        let order = depot.order_one(&cement, "10").await;
        depot
            .plan(&order, json!({ "lines": [super::part(&order, 0, "4")] }))
            .await;
        depot.plan(&order, json!({})).await;
    }
    let query =
        "{ deliveries(first: 50) { nodes { number recipient customer { code } order { number }
        warehouse { code } lines { productName unitCode quantity { value unit { code } }
        product { sku } orderLine { id } } } } }";
    let answer = depot.client().send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    assert_eq!(
        answer.body["data"]["deliveries"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
    // Deliveries; customers; orders; warehouses; lines; products; units; lines of orders.
    assert_eq!(answer.statements(), 8);
}
