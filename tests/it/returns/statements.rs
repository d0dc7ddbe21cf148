//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Counter, document, sold, step};
use crate::stock::key;

/// Statements of requesting, approving, receiving and crediting so many lines.
async fn cost(counter: &Counter, lines: usize) -> [u64; 4] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = counter.yard.product(&format!("L{lines}-{index}")).await;
        counter.yard.put(&product, "100", "2").await;
        wanted.push(sold(&product, "10"));
    }
    let order = counter.sold(json!(wanted)).await;
    counter.billed(&order).await;
    let run = async |field: &str, input: Value| {
        let answer = counter
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
        (answer.statements(), payload["return"].clone())
    };
    let back = order["lines"].as_array().unwrap().iter();
    let back = back.map(|line| json!({ "orderLineId": line["id"], "quantity": { "value": "4" } }));
    let input = json!({ "orderId": order["id"], "reason": "too many", "lines": back.collect::<Vec<_>>(),
        "idempotencyKey": key() });
    let (requested, found) = run("returnRequest", input).await;
    let (approved, found) = run("returnApprove", step(&found)).await;
    let (received, found) = run("returnReceive", step(&found)).await;
    let (credited, _) = run("returnCredit", step(&found)).await;
    [requested, approved, received, credited]
}

#[tokio::test]
async fn ten_lines_cost_as_many_statements_as_one() {
    let counter = Counter::open().await;
    let one = cost(&counter, 1).await;
    let ten = cost(&counter, 10).await;
    assert_eq!(one, ten, "request, approve, receive, credit");
    assert!(one.iter().all(|statements| *statements < 60), "{one:?}");
}

#[tokio::test]
async fn a_list_of_returns_costs_one_statement_per_level() {
    let counter = Counter::open().await;
    let mut counts = Vec::new();
    for _ in 0..3 {
        let order = counter.ten().await;
        counter.requested(&order, "4").await;
        let query = "{ returns(first: 50) { nodes { number state allowedActions customer { code } warehouse { code }
            order { id } job { code } creditNote { id }
            lines { orderLine { id } product { sku } quantity { value unit { code } } } } } }";
        let answer = counter.client().send(query, json!({})).await;
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        counts.push(answer.statements());
    }
    // Returns; customers; warehouses; orders; lines; their order's lines; products; units.
    assert_eq!(counts, [8, 8, 8]);
}
