//! Where credit is looked at when goods leave.

use serde_json::json;

use super::{Depot, buyer, ordered, refused, step, with};

/// A customer whose credit of 100 is looked at when goods leave.
async fn looked_at(depot: &Depot, code: &str) -> String {
    let customer = buyer(depot.client(), code, "100").await;
    let set = "mutation($input: CreditLimitSetInput!) { creditLimitSet(input: $input) {
        userErrors { code path } } }";
    let input = json!({ "customerId": customer, "expectedVersion": 2, "limit": "100",
        "creditCheck": "DELIVERY", "reason": "orders run for months" });
    let made = depot.client().run(set, json!({ "input": input })).await;
    assert_eq!(made["creditLimitSet"]["userErrors"], json!([]));
    customer
}

#[tokio::test]
async fn goods_stay_that_would_be_too_much() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let customer = looked_at(&depot, "DEL").await;
    let line = ordered(&cement, "30", &depot.yard.warehouses[0]);
    // 30 bags at 9.5 are 285, and may be ordered.
    let order = depot.order_of(&customer, json!([line])).await;
    let ten = |quantity: &str| json!({ "lines": [super::part(&order, 0, quantity)] });
    let first = depot.sent(&order, ten("6")).await;
    // 57 are on the way, which nobody has signed for yet; 57 more would be 114.
    let second = depot.plan(&order, ten("6")).await;
    let loaded = depot.done("deliveryLoad", step(&second)).await;
    let stays = depot.mutate("deliveryDispatch", step(&loaded)).await;
    assert_eq!(refused(&stays), ("CREDIT_REFUSED", "input.id".into()));
    let pickup = with(
        json!({ "orderId": order["id"], "signer": "S", "idempotencyKey": crate::stock::key() }),
        &ten("6"),
    );
    let stays = depot.mutate("deliveryPickup", pickup).await;
    assert_eq!(refused(&stays), ("CREDIT_REFUSED", "input.orderId".into()));
    // Handed over, they count as delivered and not invoiced.
    let input = with(step(&first), &json!({ "signer": "Mr Brown" }));
    depot.done("deliveryConfirm", input).await;
    let stays = depot.mutate("deliveryDispatch", step(&loaded)).await;
    assert_eq!(refused(&stays).0, "CREDIT_REFUSED");
    depot.done("deliveryCancel", step(&loaded)).await;
    depot.sent(&order, ten("4")).await;
    depot.yard.books_are_right().await;
}

#[tokio::test]
async fn nothing_leaves_for_who_is_on_hold() {
    let depot = Depot::open().await;
    let cement = depot.stocked("CEM", "100").await;
    let order = depot.order_one(&cement, "10").await;
    let planned = depot.plan(&order, json!({})).await;
    let loaded = depot.done("deliveryLoad", step(&planned)).await;
    let forbid = "mutation($input: CustomerHoldSetInput!) { customerHoldSet(input: $input) {
        userErrors { code path } } }";
    let version = "query($id: ID) { customer(id: $id) { version } }";
    let found = depot
        .client()
        .run(version, json!({ "id": depot.customer }))
        .await;
    let input = json!({ "id": depot.customer, "expectedVersion": found["customer"]["version"], "reason": "unpaid" });
    let held = depot.client().run(forbid, json!({ "input": input })).await;
    assert_eq!(held["customerHoldSet"]["userErrors"], json!([]));
    let stays = depot.mutate("deliveryDispatch", step(&loaded)).await;
    assert_eq!(refused(&stays), ("NOT_ALLOWED", "input.id".into()));
}
