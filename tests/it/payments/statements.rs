//! The number of statements hangs on what is done, and not on how much of it.

use serde_json::{Value, json};

use super::{PAYMENT, Till, document};
use crate::stock::key;

/// Statements of a mutation that must succeed, and its payment.
async fn cost(till: &Till, field: &str, mut input: Value) -> (u64, Value) {
    input["idempotencyKey"] = json!(key());
    let query = document(field, PAYMENT);
    let answer = till.client().send(&query, json!({ "input": input })).await;
    let payload = answer.body["data"]["payload"].clone();
    assert_eq!(
        payload["userErrors"],
        json!([]),
        "{field}: {:#}",
        answer.body
    );
    (answer.statements(), payload["payment"].clone())
}

/// Of recording with so many allocations, taking them back, settling the oldest, and reversing.
async fn costs(till: &Till, count: usize) -> [u64; 4] {
    let mut parts = Vec::new();
    for _ in 0..count {
        let debt = till
            .shop
            .owes(&till.customer, None, "1", "2026-01-01")
            .await;
        parts.push(json!({ "entryId": debt["id"], "amount": "1" }));
    }
    let amount = count.to_string();
    let (recorded, payment) = cost(
        till,
        "paymentRecord",
        till.pays(&amount, json!({ "allocations": parts })),
    )
    .await;
    assert_eq!(payment["allocations"].as_array().unwrap().len(), count);
    let id = payment["id"].clone();
    let (undone, _) = cost(till, "paymentDeallocate", json!({ "id": id })).await;
    let (settled, _) = cost(till, "paymentAllocate", json!({ "id": id })).await;
    let back = json!({ "id": id, "expectedVersion": 1, "reason": "no funds" });
    let (reversed, _) = cost(till, "paymentReverse", back).await;
    [recorded, undone, settled, reversed]
}

#[tokio::test]
async fn twenty_allocations_cost_as_many_statements_as_one() {
    let till = Till::open().await;
    let one = costs(&till, 1).await;
    let twenty = costs(&till, 20).await;
    assert_eq!(one, twenty, "recording, taking back, settling, reversing");
    assert!(one.iter().all(|statements| *statements < 40), "{one:?}");
}

#[tokio::test]
async fn a_list_of_payments_costs_one_statement_per_level() {
    let till = Till::open().await;
    let job = till.shop.job(&till.customer, "LOT").await;
    for _ in 0..4 {
        till.record("20", json!({ "auto": true })).await;
    }
    till.record("1", json!({ "jobId": job })).await;
    let query = "{ payments(first: 50) { nodes { number allowedActions amount { amount } allocated { amount }
        unallocated { amount } customer { code } job { code } accountEntry { kind open { amount } }
        allocations { amount { amount } accountEntry { reference open { amount } payment { id } } } } } }";
    let answer = till.client().send(query, json!({})).await;
    assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    assert_eq!(
        answer.body["data"]["payments"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    // Payments; items; customers; jobs; entries; allocations; entries of those, and their items.
    assert!(answer.statements() <= 8, "{}", answer.statements());
}
