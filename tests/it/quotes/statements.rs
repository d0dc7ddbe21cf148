//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Office, document, line, step, step_with};

/// Statements of writing, changing, sending, revising and ordering so many lines.
async fn cost(office: &Office, lines: usize) -> [u64; 6] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = office
            .dealer
            .add_product(&format!("L{lines}-{index}"))
            .await;
        wanted.push(line(&product.id, "10"));
    }
    let run = async |field: &str, input: Value| {
        let answer = office
            .client
            .send(&document(field), json!({ "input": input }))
            .await;
        let payload = answer.body["data"]["payload"].clone();
        assert_eq!(
            payload["userErrors"],
            json!([]),
            "{field}: {:#}",
            answer.body
        );
        (answer.statements(), payload["quote"].clone())
    };
    let wanted = json!(wanted);
    let (created, quote) = run("quoteCreate", office.input(&wanted)).await;
    let (updated, quote) = run("quoteUpdate", step_with(&quote, &[("lines", wanted)])).await;
    let (sent, quote) = run("quoteSend", step(&quote)).await;
    let renew = [("renewPrices", json!(true))];
    let (revised, _) = run("quoteRevise", step_with(&quote, &renew)).await;
    let (accepted, quote) = run("quoteAccept", step(&quote)).await;
    let (ordered, _) = run("quoteToOrder", step(&quote)).await;
    [created, updated, sent, revised, accepted, ordered]
}

#[tokio::test]
async fn ten_lines_cost_as_many_statements_as_one() {
    let office = Office::open().await;
    let one = cost(&office, 1).await;
    let ten = cost(&office, 10).await;
    assert_eq!(one, ten, "create, update, send, revise, accept, order");
    assert!(one.iter().all(|statements| *statements < 40), "{one:?}");
}

#[tokio::test]
async fn a_list_of_quotes_costs_one_statement_per_level() {
    let office = Office::open().await;
    let mut counts = Vec::new();
    for _ in 0..3 {
        office.ten().await;
        let query = "{ quotes(first: 50) { nodes { number state allowedActions customer { code } job { code }
            warehouse { code } totals { gross { amount } rates { rate } } revisions { id } order { id }
            lines { quantity { value unit { code } } priceUnit { code } product { sku } } } } }";
        let answer = office.client.send(query, json!({})).await;
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        counts.push(answer.statements());
    }
    // Quotes; the day; customers; warehouses; lines; units; products; revisions.
    assert_eq!(counts, [8, 8, 8]);
}
