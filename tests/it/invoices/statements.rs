//! The number of statements hangs on the kind of change, and not on its lines.

use serde_json::{Value, json};

use super::{Desk, line, send, step};
use crate::stock::key;

/// Statements of drafting, posting and crediting so many lines.
async fn cost(desk: &Desk, lines: usize) -> [u64; 3] {
    let mut wanted = Vec::new();
    for index in 0..lines {
        let product = desk.goods(&format!("L{lines}-{index}")).await;
        wanted.push(line(&product, "10", "2"));
    }
    let order = desk.ordered(json!(wanted)).await;
    let delivery = desk.pick_up(&order, &[]).await;
    let run = async |field: &str, input: Value| {
        let answer = send(desk.client(), field, &input).await;
        let payload = answer.body["data"]["payload"].clone();
        assert_eq!(payload["userErrors"], json!([]), "{field}");
        (answer.statements(), payload)
    };
    let input = json!({ "deliveryIds": [delivery], "idempotencyKey": key() });
    let (drafted, payload) = run("invoiceFromDeliveries", input).await;
    let draft = &payload["invoices"][0];
    assert_eq!(draft["lines"].as_array().unwrap().len(), lines);
    let (posted, payload) = run("invoicePost", step(draft)).await;
    let input = json!({ "invoiceId": payload["invoice"]["id"], "reason": "wrong",
        "isBilledAgain": true, "idempotencyKey": key() });
    let (credited, _) = run("creditNoteCreate", input).await;
    [drafted, posted, credited]
}

#[tokio::test]
async fn ten_lines_cost_as_many_statements_as_one() {
    let desk = Desk::open().await;
    let one = cost(&desk, 1).await;
    let ten = cost(&desk, 10).await;
    assert_eq!(one, ten, "drafting, posting, crediting");
    assert!(one.iter().all(|statements| *statements < 60), "{one:?}");
}

#[tokio::test]
async fn a_list_of_invoices_costs_one_statement_per_level() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    for _ in 0..3 {
        let invoice = desk
            .billed(json!([line(&sand, "10", "2"), line(&sand, "5", "2")]))
            .await;
        let lines = json!({ "lines": [{ "lineId": invoice["lines"][0]["id"], "quantity": "1" }] });
        desk.credit(&invoice, lines).await;
    }
    let query = "{ invoices(where: { kind: INVOICE }) { nodes { number open { amount } paymentStatus
        taxes { rate } customer { code } creditNotes { number open { amount } }
        lines { quantity { value } credited { value } creditedNet { amount } product { sku } } } } }";
    let answer = desk.client().send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    // Invoices; items; lines; customers; credit notes; their items; what was credited; products.
    // The items of both come at once where credit notes are found before those are asked for.
    let statements = answer.statements();
    assert!((7..=8).contains(&statements), "{statements}");
}
