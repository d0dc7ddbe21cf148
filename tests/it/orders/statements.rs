//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Counter, document, line, step};

/// Statements of writing, confirming, amending and cancelling so many lines.
async fn cost(counter: &Counter, lines: usize) -> [u64; 4] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = counter.stocked(&format!("L{lines}-{index}"), "100").await;
        wanted.push(line(&product, "10"));
    }
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
        (answer.statements(), payload["order"].clone())
    };
    let (created, order) = run("orderCreate", counter.input(&json!(wanted))).await;
    let (confirmed, order) = run("orderConfirm", step(&order)).await;
    let mut amend = step(&order);
    let ids = order["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["id"].clone());
    amend["quantities"] = ids
        .map(|id| json!({ "lineId": id, "quantity": { "value": "12" } }))
        .collect();
    let (amended, order) = run("orderAmend", amend).await;
    let (cancelled, _) = run("orderCancel", step(&order)).await;
    [created, confirmed, amended, cancelled]
}

#[tokio::test]
async fn five_lines_cost_as_many_statements_as_one() {
    let counter = Counter::open().await;
    let one = cost(&counter, 1).await;
    let five = cost(&counter, 5).await;
    assert_eq!(one, five, "creating, confirming, amending, cancelling");
    assert!(one.iter().all(|statements| *statements < 40), "{one:?}");
}

#[tokio::test]
async fn a_list_of_orders_costs_one_statement_per_level() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "100").await,
        counter.stocked("SND", "100").await,
    );
    for _ in 0..3 {
        counter
            .confirmed(json!([line(&cement, "1"), line(&sand, "2")]))
            .await;
    }
    let query = "{ orders(first: 50) { nodes { number state totals { gross { amount } }
        customer { code } warehouse { code }
        lines { quantity { value unit { code } } product { sku } priceUnit { code }
            reservations { open { value } } } } } }";
    let answer = counter.client().send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    // Orders; customers; warehouses; lines; units; products; reservations.
    assert_eq!(answer.statements(), 7);
}
