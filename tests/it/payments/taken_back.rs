//! Payments that bounce, and those that are found at the bank.

use serde_json::{Value, json};

use super::{Till, done};
use crate::credit::decimal;

fn step(payment: &Value) -> Value {
    json!({ "id": payment["id"], "expectedVersion": payment["version"] })
}

fn back(payment: &Value, reason: &str) -> Value {
    let mut input = step(payment);
    input["reason"] = json!(reason);
    input
}

#[tokio::test]
async fn what_a_bounced_payment_had_settled_is_open_again() {
    let till = Till::open().await;
    let payment = till.record("90", json!({ "auto": true })).await;
    assert_eq!(till.open_debts().await, ["0", "20", "40.12"]);
    let payment = done(till.client(), "paymentReconcile", step(&payment)).await;
    assert_eq!(payment["state"], "RECONCILED");
    assert!(payment["reconciledAt"].is_string());
    let actions = json!(["DEALLOCATE", "REVERSE"]);
    assert_eq!(payment["allowedActions"], actions);
    let payment = done(till.client(), "paymentReverse", back(&payment, "no funds")).await;
    assert_eq!(payment["state"], "REVERSED");
    assert_eq!(payment["reversalReason"], "no funds");
    assert!(payment["reversedAt"].is_string());
    assert_eq!(payment["allowedActions"], json!([]));
    assert_eq!(payment["allocations"], json!([]));
    for sum in ["allocated", "unallocated"] {
        assert_eq!(payment[sum]["amount"], "0");
    }
    assert_eq!(till.open_debts().await, ["60", "50", "40.12"]);
    till.check_books().await;
    for (field, input) in [
        ("paymentReverse", back(&payment, "again")),
        ("paymentReconcile", step(&payment)),
        ("paymentAllocate", json!({ "id": payment["id"] })),
        ("paymentDeallocate", json!({ "id": payment["id"] })),
    ] {
        let refused = till.refused(field, input).await;
        assert_eq!(
            refused,
            ("NOT_ALLOWED".to_owned(), "input.id".to_owned()),
            "{field}"
        );
    }
}

#[tokio::test]
async fn a_statement_tells_of_the_payment_and_of_its_reversal() {
    let till = Till::open().await;
    let payment = till.record("90", json!({ "auto": true })).await;
    done(till.client(), "paymentReverse", back(&payment, "no funds")).await;
    let query = "query($id: ID!) { customerStatement(customerId: $id, from: \"2026-01-01\", to: \"2199-12-31\") {
        closingBalance { amount }
        lines { nodes { balance { amount } entry { kind reference note amount { amount } open { amount }
            payment { id state } reverses { payment { id } } } } } } }";
    let data = till.shop.get(query, json!({ "id": till.customer })).await;
    let statement = &data["customerStatement"];
    assert_eq!(
        decimal(&statement["closingBalance"]["amount"]).to_string(),
        "150.1200"
    );
    let lines = statement["lines"]["nodes"].as_array().unwrap();
    let read = |line: &Value| {
        let entry = &line["entry"];
        let amount = decimal(&entry["amount"]["amount"]).normalize().to_string();
        let balance = decimal(&line["balance"]["amount"]).normalize().to_string();
        (entry["kind"].as_str().unwrap().to_owned(), amount, balance)
    };
    let read: Vec<_> = lines[3..].iter().map(read).collect();
    let line =
        |amount: &str, balance: &str| ("PAYMENT".to_owned(), amount.to_owned(), balance.to_owned());
    assert_eq!(read, [line("-90", "60.12"), line("90", "150.12")]);
    let (paid, reversal) = (&lines[3]["entry"], &lines[4]["entry"]);
    assert_eq!(
        paid["payment"],
        json!({ "id": payment["id"], "state": "REVERSED" })
    );
    assert_eq!(paid["reference"], reversal["reference"]);
    assert_eq!(reversal["note"], "no funds");
    assert_eq!(reversal["reverses"]["payment"]["id"], payment["id"]);
    assert_eq!(decimal(&reversal["open"]["amount"]), 0.into());
}

#[tokio::test]
async fn the_entry_of_a_payment_goes_with_its_payment_alone() {
    let till = Till::open().await;
    let payment = till.record("90", json!({})).await;
    let input = json!({ "entryId": payment["accountEntry"]["id"], "reason": "by the way" });
    let payload = till
        .shop
        .mutate("accountEntryReverse", "entry { id }", input)
        .await;
    let refused = crate::credit::refused(&payload);
    assert_eq!(refused, ("NOT_ALLOWED", "input.entryId".to_owned()));
}

#[tokio::test]
async fn a_change_in_between_is_a_conflict() {
    let till = Till::open().await;
    let payment = till.record("90", json!({})).await;
    done(till.client(), "paymentReconcile", step(&payment)).await;
    for (field, input) in [
        ("paymentReconcile", step(&payment)),
        ("paymentReverse", back(&payment, "no funds")),
    ] {
        let refused = till.refused(field, input).await;
        let path = "input.expectedVersion".to_owned();
        assert_eq!(refused, ("CONFLICT".to_owned(), path), "{field}");
    }
    let empty = json!({ "id": payment["id"], "expectedVersion": 2, "reason": " " });
    let refused = till.refused("paymentReverse", empty).await;
    assert_eq!(
        refused,
        ("BAD_USER_INPUT".to_owned(), "input.reason".to_owned())
    );
}
