//! Drafts: what they claim, and how they change.

use serde_json::json;

use super::{Desk, line, refused, step, sums};
use crate::stock::key;

#[tokio::test]
async fn a_line_that_is_dropped_can_be_billed_by_another() {
    let desk = Desk::open().await;
    let (sand, lime) = (desk.goods("SAND").await, desk.goods("LIME").await);
    let order = desk
        .ordered(json!([line(&sand, "10", "1"), line(&lime, "10", "2")]))
        .await;
    desk.pick_up(&order, &[]).await;
    let draft = desk.draft_of(&order, "DELIVERED").await["invoice"].clone();
    let none = desk.draft_of(&order, "ORDERED").await;
    assert_eq!(refused(&none), ("NOT_ALLOWED", "input.orderId".to_owned()));

    let mut input = step(&draft);
    input["note"] = json!("thank you");
    input["dropLineIds"] = json!([draft["lines"][0]["id"]]);
    let changed = desk.done("invoiceUpdate", input.clone()).await;
    assert_eq!(sums(&changed), ["20", "0"]);
    assert_eq!(
        (&changed["note"], &changed["version"]),
        (&json!("thank you"), &json!(2))
    );
    input["idempotencyKey"] = json!(key());
    let late = desk.mutate("invoiceUpdate", input).await;
    assert_eq!(
        refused(&late),
        ("CONFLICT", "input.expectedVersion".to_owned())
    );
    let mut all = step(&changed);
    all["dropLineIds"] = json!([changed["lines"][0]["id"]]);
    let empty = desk.mutate("invoiceUpdate", all).await;
    assert_eq!(
        refused(&empty),
        ("BAD_USER_INPUT", "input.dropLineIds".to_owned())
    );

    let other = desk.draft_of(&order, "DELIVERED").await["invoice"].clone();
    assert_eq!(sums(&other), ["10", "0"]);
    desk.done("invoiceDiscard", step(&changed)).await;
    assert_eq!(desk.invoice(&changed["id"]).await, json!(null));
    let again = desk.draft_of(&order, "DELIVERED").await["invoice"].clone();
    assert_eq!(sums(&again), ["20", "0"]);
    assert_eq!(
        desk.post(&again).await["number"],
        1,
        "no draft takes a number"
    );
}

#[tokio::test]
async fn only_what_is_confirmed_or_delivered_is_billed() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let draft = desk
        .done(
            "orderCreate",
            desk.order_input(&json!([line(&sand, "1", "1")])),
        )
        .await;
    let payload = desk.draft_of(&draft, "ORDERED").await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.orderId".to_owned())
    );
    let order = desk.done("orderConfirm", step(&draft)).await;
    let payload = desk.draft_of(&order, "DELIVERED").await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.orderId".to_owned())
    );
    let nowhere = format!("dlv_{}", "0".repeat(32));
    let input = json!({ "deliveryIds": [nowhere], "idempotencyKey": key() });
    let payload = desk.mutate("invoiceFromDeliveries", input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.deliveryIds.0".to_owned())
    );
    let input = json!({ "deliveryIds": [], "idempotencyKey": key() });
    let payload = desk.mutate("invoiceFromDeliveries", input).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.deliveryIds".to_owned())
    );
}

#[tokio::test]
async fn a_delivery_that_is_billed_already_is_not_left_out_in_silence() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let order = desk.ordered(json!([line(&sand, "10", "2")])).await;
    let first = desk.pick_up(&order, &[(0, "4")]).await;
    let second = desk.pick_up(&order, &[(0, "6")]).await;
    desk.drafts(std::slice::from_ref(&first)).await;
    let input = json!({ "deliveryIds": [second, first], "idempotencyKey": key() });
    let payload = desk.mutate("invoiceFromDeliveries", input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.deliveryIds.1".to_owned())
    );
}

#[tokio::test]
async fn credit_is_looked_at_where_the_customer_says() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let data = desk
        .client()
        .run(
            "query($id: ID) { customer(id: $id) { version } }",
            json!({ "id": desk.customer }),
        )
        .await;
    let input = json!({ "customerId": desk.customer, "expectedVersion": data["customer"]["version"],
        "limit": "100", "creditCheck": "INVOICE", "reason": "less" });
    desk.done("creditLimitSet", input).await;
    let order = desk.ordered(json!([line(&sand, "150", "1")])).await;
    let first = desk.pick_up(&order, &[(0, "60")]).await;
    let second = desk.pick_up(&order, &[(0, "30")]).await;
    // Both are within the limit: what is billed is not counted as delivered, too.
    desk.post(&desk.drafts(&[first]).await[0]).await;
    desk.post(&desk.drafts(&[second]).await[0]).await;
    let rest = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let payload = desk.mutate("invoicePost", step(&rest)).await;
    assert_eq!(refused(&payload), ("CREDIT_REFUSED", "input.id".to_owned()));
    assert_eq!(desk.invoice(&rest["id"]).await["state"], "DRAFT");
}
