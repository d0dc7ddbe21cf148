//! Finding payments, hearing of them, and what a contractor sees.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::kernel::ids::UserId;

use super::{Till, done};

async fn numbers(till: &Till, filter: Value) -> Vec<i64> {
    let query = "query($where: PaymentWhere) { payments(where: $where, orderBy: [{ field: CREATED_AT, direction: ASC }]) {
        totalCount nodes { number } } }";
    let data = till.shop.get(query, json!({ "where": filter })).await;
    let nodes = data["payments"]["nodes"].as_array().unwrap();
    assert_eq!(data["payments"]["totalCount"], nodes.len());
    nodes
        .iter()
        .map(|node| node["number"].as_i64().unwrap())
        .collect()
}

/// Four payments: 1 settles all it has, 2 nothing, 3 was taken back, 4 is a refund of 2.
async fn filled() -> Till {
    let till = Till::open().await;
    let job = till.shop.job(&till.customer, "LOT").await;
    till.record("10", json!({ "auto": true, "paidOn": "2026-02-01" }))
        .await;
    till.record(
        "20",
        json!({ "method": "CASH", "externalRef": "TX-2", "jobId": job }),
    )
    .await;
    let third = till.record("30", json!({ "method": "CHEQUE" })).await;
    let back = json!({ "id": third["id"], "expectedVersion": 1, "reason": "no funds" });
    done(till.client(), "paymentReverse", back).await;
    let refund = json!({ "customerId": till.customer, "method": "CASH", "amount": "5" });
    done(till.client(), "paymentRefund", refund).await;
    till
}

#[tokio::test]
async fn payments_are_found_by_what_is_known_of_them() {
    let till = filled().await;
    let job = "{ jobs(first: 1) { nodes { id } } }";
    let job = till.shop.get(job, json!({})).await["jobs"]["nodes"][0]["id"].clone();
    for (filter, found) in [
        (json!({}), &[1, 2, 3, 4][..]),
        (
            json!({ "customerId": { "eq": till.customer } }),
            &[1, 2, 3, 4],
        ),
        (json!({ "jobId": { "eq": job } }), &[2]),
        (json!({ "direction": "OUT" }), &[4]),
        (json!({ "methods": ["CASH", "CHEQUE"] }), &[2, 3, 4]),
        (json!({ "states": ["REVERSED"] }), &[3]),
        (json!({ "paidOn": { "lte": "2026-02-15" } }), &[1]),
        (json!({ "paidOn": { "gte": "2026-02-15" } }), &[2, 3, 4]),
        (json!({ "amount": { "gte": "20", "lte": "30" } }), &[2, 3]),
        (json!({ "externalRef": { "startsWith": "tx" } }), &[2]),
        (json!({ "unallocated": true }), &[2]),
        (json!({ "unallocated": false }), &[1, 3, 4]),
        (json!({ "NOT": { "states": ["REVERSED"] } }), &[1, 2, 4]),
        (json!({ "orderId": format!("ord_{}", "0".repeat(32)) }), &[]),
    ] {
        assert_eq!(numbers(&till, filter.clone()).await, found, "{filter}");
    }
    let data = till
        .shop
        .get("{ payment(number: 2) { id number } }", json!({}))
        .await;
    let id = data["payment"]["id"].clone();
    let query = "query($id: ID!) { payment(id: $id) { number } node(id: $id) { ... on Payment { number } } }";
    let data = till.shop.get(query, json!({ "id": id })).await;
    assert_eq!(
        (&data["payment"]["number"], &data["node"]["number"]),
        (&json!(2), &json!(2))
    );
    for query in [
        "{ payment { id } }",
        "query($id: ID) { payment(id: $id, number: 2) { id } }",
    ] {
        let answer = till.client().send(query, json!({ "id": id })).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{query}");
    }
}

#[tokio::test]
async fn what_became_of_a_payment_is_told() {
    let till = filled().await;
    let query = "{ payment(number: 3) { history { action changes { field } } } }";
    let answer = till.client().send(query, json!({})).await;
    let history = &answer.body["data"]["payment"]["history"];
    assert_eq!(
        history.as_array().map(Vec::len),
        Some(2),
        "{:#}",
        answer.body
    );
    assert_eq!(history[1]["action"], "INSERT");
}

#[tokio::test]
async fn a_contractor_sees_what_he_has_paid_and_can_do_nothing_with_it() {
    let till = filled().await;
    let other = till.shop.customer("B", "0").await;
    let mut input = till.pays("99", json!({}));
    input["customerId"] = json!(other);
    done(till.client(), "paymentRecord", input).await;
    let customer = till.customer.parse().unwrap();
    let contractor = till
        .shop
        .server
        .contractor(&till.shop.dealer, customer)
        .await
        .client;
    let query = "{ payments { totalCount nodes { number allowedActions customer { id }
        allocations { amount { amount } accountEntry { id } } } } paymentReminders { totalCount } }";
    let data = contractor.run(query, json!({})).await;
    assert_eq!(data["payments"]["totalCount"], 4);
    for node in data["payments"]["nodes"].as_array().unwrap() {
        assert_eq!(
            (&node["customer"]["id"], &node["allowedActions"]),
            (&json!(till.customer), &json!([]))
        );
    }
    for query in [
        "{ payment(number: 5) { id } }",
        "{ payments(where: { amount: { eq: \"99\" } }) { nodes { id } } }",
    ] {
        let data = contractor.run(query, json!({})).await;
        assert!(data["payment"].is_null() && data["payments"]["nodes"][0].is_null());
    }
    for query in [
        "{ payments { nodes { note } } }",
        "{ paymentReminderSettings { isOn } }",
    ] {
        assert_eq!(
            contractor.send(query, json!({})).await.code(),
            "FORBIDDEN",
            "{query}"
        );
    }
}

#[tokio::test]
async fn payments_are_heard_of_when_they_are_recorded() {
    let till = Till::open().await;
    let other = till.shop.customer("B", "0").await;
    let mut socket = till.shop.server.socket(&till.shop.dealer).await;
    let query = "subscription($id: ID) { paymentReceived(customerId: $id) { eventId at
        payment { number amount { amount } customer { id } } } }";
    socket
        .subscribe("his", query, json!({ "id": till.customer }))
        .await;
    socket.settle().await;
    let mut input = till.pays("99", json!({}));
    input["customerId"] = json!(other);
    done(till.client(), "paymentRecord", input).await;
    till.record("10", json!({})).await;
    let heard = socket.next().await;
    assert_eq!(heard["id"], "his");
    let payment = &heard["payload"]["data"]["paymentReceived"]["payment"];
    assert_eq!(
        (&payment["number"], &payment["customer"]["id"]),
        (&json!(2), &json!(till.customer))
    );
    // Neither a reversal nor a refund is a payment received.
    let back = json!({ "customerId": till.customer, "method": "CASH", "amount": "5" });
    done(till.client(), "paymentRefund", back).await;
    till.record("11", json!({})).await;
    let heard = socket.next().await;
    assert_eq!(
        heard["payload"]["data"]["paymentReceived"]["payment"]["number"],
        4
    );
}

#[tokio::test]
async fn who_may_only_look_records_nothing() {
    let till = Till::open().await;
    let rights: PermissionSet = [Permission::PaymentsRead, Permission::CustomersRead]
        .into_iter()
        .collect();
    let role = till.shop.server.role(&till.shop.dealer, rights).await;
    let client = till
        .shop
        .server
        .client_as(&till.shop.dealer, UserId::generate(), &[role], None);
    let query =
        "mutation($input: PaymentRecordInput!) { paymentRecord(input: $input) { payment { id } } }";
    let input = till.pays("1", json!({ "idempotencyKey": "k" }));
    let answer = client.send(query, json!({ "input": input })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}
