//! What of goods that came back is credited, and what is never billed.

use serde_json::json;

use super::{Counter, shop, step, step_with};
use crate::stock::key;

#[tokio::test]
async fn what_was_not_invoiced_is_not_credited_and_never_billed() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let found = counter.received(&order, "4").await;
    let found = counter.done("returnCredit", step(&found)).await;
    assert_eq!(found["state"], "CREDITED");
    assert_eq!(found["creditNote"], json!(null));
    counter.billed(&order).await;
    assert_eq!(counter.counted(&order, 0).await, ["10", "6", "4"]);
    assert_eq!(counter.owed().await, "57");
}

/// What came back is first what was not billed yet.
#[tokio::test]
async fn of_what_is_billed_in_part_only_what_is_too_much_is_credited() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let first = counter.received(&order, "2").await;
    counter.billed(&order).await;
    assert_eq!(counter.counted(&order, 0).await, ["10", "8", "2"]);
    let second = counter.received(&order, "3").await;
    let first = counter.done("returnCredit", step(&first)).await;
    // Five are kept and eight billed: two of the three are as good as credited by the first.
    assert!(first["creditNote"]["id"].is_string());
    let second = counter.done("returnCredit", step(&second)).await;
    assert!(second["creditNote"]["id"].is_string());
    // Whoever credited first: five bags are owed.
    assert_eq!(counter.owed().await, "47.5");
}

#[tokio::test]
async fn a_fee_of_all_of_it_leaves_nothing_to_pay_back() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    counter.billed(&order).await;
    let found = counter.requested(&order, "4").await;
    let all = [("restockingFee", json!("100"))];
    let found = counter.done("returnApprove", step_with(&found, &all)).await;
    let found = counter.done("returnReceive", step(&found)).await;
    let found = counter.done("returnCredit", step(&found)).await;
    assert_eq!(found["state"], "CREDITED");
    assert_eq!(counter.owed().await, "95");
}

#[tokio::test]
async fn a_long_reason_does_not_stop_the_credit_note() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    counter.billed(&order).await;
    let mut input = counter.input(&order, "4");
    input["reason"] = json!("ü".repeat(500));
    let found = counter.done("returnRequest", input).await;
    let found = counter.done("returnApprove", step(&found)).await;
    let found = counter.done("returnReceive", step(&found)).await;
    let found = counter.done("returnCredit", step(&found)).await;
    assert_eq!(found["state"], "CREDITED");
}

/// What came back after it was billed is done with: what is billed again beside it is still due.
#[tokio::test]
async fn what_is_billed_again_after_a_return_is_owed_until_it_is() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let invoice = counter.billed(&order).await;
    let found = counter.received(&order, "4").await;
    counter.done("returnCredit", step(&found)).await;
    assert_eq!(counter.owed().await, "57");
    let query = "query($id: ID!) { node(id: $id) { ... on Invoice { lines { id } } } }";
    let keys = json!({ "id": invoice["id"] });
    let lines = counter.client().run(query, keys).await["node"]["lines"].clone();
    let lines = json!([{ "lineId": lines[0]["id"], "quantity": "2" }]);
    let input = json!({ "invoiceId": invoice["id"], "reason": "another price", "lines": lines,
        "isBilledAgain": true, "idempotencyKey": key() });
    let selection = ("CreditNoteCreateInput", "");
    shop(counter.client(), "creditNoteCreate", selection, input).await;
    // Six bags are with the customer: four are billed, two are not yet.
    assert_eq!(counter.owed().await, "57");
    let billing = async || {
        let query = "query($id: ID!) { order(id: $id) { billing state } }";
        let keys = json!({ "id": order["id"] });
        counter.client().run(query, keys).await["order"].clone()
    };
    let due = json!({ "billing": "PARTIAL", "state": "CONFIRMED" });
    assert_eq!(billing().await, due);
    counter.billed(&order).await;
    assert_eq!(counter.owed().await, "57");
    let done = json!({ "billing": "FULL", "state": "CLOSED" });
    assert_eq!(billing().await, done);
}
