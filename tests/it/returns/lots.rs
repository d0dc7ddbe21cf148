//! Goods that are kept by lots, sold and back.

use serde_json::{Value, json};

use super::{Counter, came, refused, sold, step, step_with};
use crate::stock::key;
use crate::stock::lots::track;

const MOVE: &str =
    "mutation($input: StockAdjustInput!) { stockAdjust(input: $input) { userErrors { code } } }";

/// What of each lot is there, by code.
async fn lots(counter: &Counter, product: &str) -> Value {
    let query =
        "query($p: ID!) { lots(where: { productId: { eq: $p } }, orderBy: [{ field: CODE }]) {
        nodes { code onHand { value } } } }";
    let data = counter.client().run(query, json!({ "p": product })).await;
    data["lots"]["nodes"].clone()
}

#[tokio::test]
async fn what_is_sold_is_fresh_and_what_comes_back_names_its_lot() {
    let counter = Counter::open().await;
    let glue = counter.yard.product("GLUE").await;
    track(counter.client(), &glue).await;
    let lot = |code: &str, day: &str| {
        json!({ "productId": glue, "direction": "IN", "quantity": { "value": "10" }, "unitCost": "4",
            "lot": { "code": code, "expiresOn": day } })
    };
    let lines = json!([
        lot("OLD", "2020-01-01"),
        lot("SOON", "2090-01-01"),
        lot("LATE", "2091-01-01")
    ]);
    let input = json!({ "warehouseId": counter.yard.warehouses[0], "reason": "FOUND", "lines": lines,
        "idempotencyKey": key() });
    let data = counter.client().run(MOVE, json!({ "input": input })).await;
    assert_eq!(data["stockAdjust"]["userErrors"], json!([]));
    let order = counter.sold(json!([sold(&glue, "12")])).await;
    let node = |code: &str, value: &str| json!({ "code": code, "onHand": { "value": value } });
    let after = json!([node("LATE", "8"), node("OLD", "10"), node("SOON", "0")]);
    assert_eq!(lots(&counter, &glue).await, after);
    let found = counter.approved(&order, "3").await;
    let payload = counter.mutate("returnReceive", step(&found)).await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.lines".to_owned())
    );
    let mut line = came(&found, 0, ("2", "1"));
    line["lot"] = json!({ "code": "SOON" });
    counter
        .done(
            "returnReceive",
            step_with(&found, &[("lines", json!([line]))]),
        )
        .await;
    let after = json!([node("LATE", "8"), node("OLD", "10"), node("SOON", "2")]);
    assert_eq!(lots(&counter, &glue).await, after);
    counter.yard.books_are_right().await;
}
