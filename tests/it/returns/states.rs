//! Every mutation in every state: done where the state lets it, refused elsewhere.

use serde_json::{Value, json};

use super::{Counter, refused, step, step_with};

const STATES: [&str; 5] = ["REQUESTED", "APPROVED", "RECEIVED", "CREDITED", "REJECTED"];

/// A return of four bags in a state.
async fn return_in(counter: &Counter, state: &str) -> Value {
    let order = counter.ten().await;
    match state {
        "REQUESTED" => counter.requested(&order, "4").await,
        "APPROVED" => counter.approved(&order, "4").await,
        "RECEIVED" => counter.received(&order, "4").await,
        "CREDITED" => {
            let found = counter.received(&order, "4").await;
            counter.done("returnCredit", step(&found)).await
        }
        _ => {
            let found = counter.requested(&order, "4").await;
            let said = [("answer", json!("no"))];
            counter.done("returnReject", step_with(&found, &said)).await
        }
    }
}

#[tokio::test]
async fn each_mutation_is_refused_where_the_state_does_not_let_it() {
    let counter = Counter::open().await;
    let cases: [(&str, &str, &[&str]); 4] = [
        ("returnApprove", "APPROVE", &["REQUESTED"]),
        ("returnReject", "REJECT", &["REQUESTED", "APPROVED"]),
        ("returnReceive", "RECEIVE", &["APPROVED"]),
        ("returnCredit", "CREDIT", &["RECEIVED"]),
    ];
    for state in STATES {
        for (field, action, good) in cases {
            let found = return_in(&counter, state).await;
            assert_eq!(found["state"], state);
            let actions = found["allowedActions"].as_array().unwrap();
            let is_good = good.contains(&state);
            assert_eq!(actions.contains(&json!(action)), is_good, "{field} {state}");
            let mut input = step(&found);
            if field == "returnReject" {
                input["answer"] = json!("no");
            }
            let payload = counter.mutate(field, input).await;
            if is_good {
                assert_eq!(payload["userErrors"], json!([]), "{field} {state}");
            } else {
                let wanted = ("NOT_ALLOWED", "input.id".to_owned());
                assert_eq!(refused(&payload), wanted, "{field} {state}");
                assert_eq!(counter.found(&found).await, found, "{field} {state}");
            }
        }
    }
    counter.yard.books_are_right().await;
}

#[tokio::test]
async fn another_version_is_a_conflict() {
    let counter = Counter::open().await;
    let requested = return_in(&counter, "REQUESTED").await;
    let approved = return_in(&counter, "APPROVED").await;
    let received = return_in(&counter, "RECEIVED").await;
    for (field, found) in [
        ("returnApprove", &requested),
        ("returnReject", &requested),
        ("returnReceive", &approved),
        ("returnCredit", &received),
    ] {
        let mut input = step(found);
        input["expectedVersion"] = json!(99);
        if field == "returnReject" {
            input["answer"] = json!("no");
        }
        let payload = counter.mutate(field, input.clone()).await;
        let conflict = ("CONFLICT", "input.expectedVersion".to_owned());
        assert_eq!(refused(&payload), conflict, "{field}");
        input["id"] = json!(format!("ret_{}", uuid::Uuid::now_v7().simple()));
        input["idempotencyKey"] = json!(crate::stock::key());
        let payload = counter.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_FOUND", "input.id".to_owned()),
            "{field}"
        );
    }
}
