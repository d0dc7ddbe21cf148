//! Who may do what with returns.

use serde_json::json;
use tubex::auth::role::BuiltInRole;

use super::{Counter, step};

#[tokio::test]
async fn the_yard_receives_and_does_not_credit() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let found = counter.approved(&order, "4").await;
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let yard = server
        .member(dealer, &[BuiltInRole::Warehouse.into()])
        .await
        .client;
    let short = "mutation($input: ReturnReceiveInput!) { returnReceive(input: $input) {
        return { id version state allowedActions } userErrors { code } } }";
    let data = yard.run(short, json!({ "input": step(&found) })).await;
    let found = &data["returnReceive"]["return"];
    assert_eq!(
        (&found["state"], &found["allowedActions"]),
        (&json!("RECEIVED"), &json!([]))
    );
    let short = "mutation($input: ReturnCreditInput!) { returnCredit(input: $input) {
        return { id } userErrors { code } } }";
    let answer = yard.send(short, json!({ "input": step(found) })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

#[tokio::test]
async fn the_history_tells_who_did_what() {
    let counter = Counter::open().await;
    let order = counter.ten().await;
    let found = counter.approved(&order, "4").await;
    let query = "query($id: ID) { return(id: $id) { history { action entityId changes { field old new } } } }";
    let data = counter
        .client()
        .run(query, json!({ "id": found["id"] }))
        .await;
    let history = data["return"]["history"].as_array().unwrap();
    // It was written with its line, and approved.
    assert_eq!(history.len(), 3);
    assert_eq!(history[0]["entityId"], found["id"]);
    let changes = history[0]["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({ "field": "state", "old": "REQUESTED", "new": "APPROVED" })));
}
