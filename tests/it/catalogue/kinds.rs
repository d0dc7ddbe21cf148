//! Kinds of goods: what lies in stock, what never does, and when a kind may change.

use serde_json::{Value, json};

use super::{mutate, only_error};
use crate::stock::{Yard, line};

const PRODUCT: &str = "product { id kind version }";

async fn set_kind(yard: &Yard, product: &str, version: i64, kind: &str) -> Value {
    let input = json!({ "id": product, "expectedVersion": version, "kind": kind });
    mutate(yard.client(), "productUpdate", PRODUCT, input).await
}

#[tokio::test]
async fn only_what_is_kept_comes_into_stock() {
    let yard = Yard::open().await;
    for (kind, is_kept) in [
        ("STOCK", true),
        ("SPECIAL_ORDER", true),
        ("DEPOSIT", true),
        ("SERVICE", false),
        ("DIRECT_DELIVERY", false),
    ] {
        let mut input = yard.dealer.product_input(&format!("K-{kind}")).await;
        input["kind"] = json!(kind);
        let made = mutate(yard.client(), "productCreate", PRODUCT, input).await;
        assert_eq!(made["product"]["kind"], kind);
        let id = made["product"]["id"].as_str().unwrap();
        let payload = yard.adjust(json!([line(id, "IN", "5", Some("1"))])).await;
        if is_kept {
            assert_eq!(payload["userErrors"], json!([]), "{kind}");
        } else {
            assert_eq!(only_error(&payload).0, "NOT_ALLOWED", "{kind}");
        }
    }
    yard.books_are_right().await;
}

#[tokio::test]
async fn a_kind_changes_until_something_was_moved() {
    let yard = Yard::open().await;
    let product = yard.product("K").await;
    let payload = set_kind(&yard, &product, 1, "SERVICE").await;
    assert_eq!(payload["product"]["kind"], "SERVICE");
    let payload = set_kind(&yard, &product, 2, "STOCK").await;
    assert_eq!(payload["product"]["kind"], "STOCK");
    yard.put(&product, "5", "1").await;
    yard.adjust(json!([line(&product, "OUT", "5", None)])).await;
    for kind in ["SERVICE", "SPECIAL_ORDER"] {
        let payload = set_kind(&yard, &product, 3, kind).await;
        let expected = (
            "NOT_ALLOWED".to_owned(),
            vec!["input".into(), "kind".into()],
        );
        assert_eq!(only_error(&payload), expected, "{payload:#}");
    }
    let payload = set_kind(&yard, &product, 3, "STOCK").await;
    assert_eq!(payload["product"]["version"], 4);
    let direct = "{ products(where: { kind: DIRECT_DELIVERY }) { totalCount } }";
    assert_eq!(yard.client().get(direct).await["products"]["totalCount"], 0);
}

/// What comes into stock while it becomes a service: one of the two is refused.
#[tokio::test]
async fn a_first_movement_and_another_kind_at_once_exclude_each_other() {
    let yard = Yard::open().await;
    for round in 0..8 {
        let product = yard.product(&format!("K-{round}")).await;
        let lines = json!([line(&product, "IN", "5", Some("1"))]);
        let (moved, changed) =
            tokio::join!(yard.adjust(lines), set_kind(&yard, &product, 1, "SERVICE"),);
        let done = [&moved, &changed].map(|payload| payload["userErrors"] == json!([]));
        assert!(done[0] != done[1], "{moved:#} {changed:#}");
    }
    yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_bought_to_order_has_no_reorder_point() {
    let yard = Yard::open().await;
    let product = yard.product("K").await;
    set_kind(&yard, &product, 1, "SPECIAL_ORDER").await;
    let input = |point: Value| json!({ "productId": product, "warehouseId": yard.warehouses[0], "reorderPoint": point });
    let select = "stockLevel { onHand { value } }";
    let payload = mutate(yard.client(), "stockLevelSet", select, input(json!("5"))).await;
    let expected = (
        "NOT_ALLOWED".to_owned(),
        vec!["input".into(), "reorderPoint".into()],
    );
    assert_eq!(only_error(&payload), expected);
    let payload = mutate(yard.client(), "stockLevelSet", select, input(Value::Null)).await;
    assert_eq!(payload["userErrors"], json!([]));
}

/// The program of yesterday writes DIRECT.
#[tokio::test]
async fn the_name_of_yesterday_is_read_and_found() {
    let yard = Yard::open().await;
    let product = yard.product("K").await;
    let words = format!(
        "SET tubex.actor = 'test'; UPDATE {}.products SET kind = 'DIRECT'",
        yard.dealer.schema
    );
    let owner = crate::support::owner().await;
    owner.batch_execute(&words).await.unwrap();
    let query = "{ products(where: { kind: DIRECT_DELIVERY }) { nodes { id kind } } }";
    let found = yard.client().get(query).await;
    let expected = json!([{ "id": product, "kind": "DIRECT_DELIVERY" }]);
    assert_eq!(found["products"]["nodes"], expected);
}
