//! Corrections of what is there.

use serde_json::{Value, json};

use super::{ADJUST, Yard, key, line};
use crate::support::owner;

#[tokio::test]
async fn what_comes_and_goes_moves_quantity_and_value() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    yard.put(&cement, "50", "5.5").await;
    assert_eq!(yard.level(&cement).await, ["150", "0", "150", "675", "4.5"]);
    let payload = yard.adjust(json!([line(&cement, "OUT", "30", None)])).await;
    let moved = &payload["movements"][0];
    assert_eq!(moved["quantity"]["value"], "-30");
    assert_eq!(moved["onHand"]["value"], "120");
    assert_eq!(
        super::decimal(moved["value"]["amount"].as_str().unwrap()),
        "-135"
    );
    assert_eq!(
        (&moved["number"], &moved["reason"]),
        (&json!(3), &json!("FOUND"))
    );
    assert_eq!(yard.level(&cement).await, ["120", "0", "120", "540", "4.5"]);
    yard.books_are_right().await;
}

#[tokio::test]
async fn more_than_there_is_is_refused_with_what_there_is() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    let lines = json!([
        line(&cement, "OUT", "4", None),
        line(&cement, "OUT", "7", None),
        line(&sand, "OUT", "1", None)
    ]);
    let payload = yard.adjust(lines).await;
    assert_eq!(payload["movements"], Value::Null);
    assert_eq!(
        payload["userErrors"],
        json!([
            { "code": "INSUFFICIENT_STOCK", "path": ["input", "lines", "1", "quantity"],
              "message": "6 are available, 7 were asked for",
              "details": [{ "name": "productId", "value": cement }, { "name": "available", "value": "6" }, { "name": "requested", "value": "7" }] },
            { "code": "INSUFFICIENT_STOCK", "path": ["input", "lines", "2", "quantity"],
              "message": "0 are available, 1 were asked for",
              "details": [{ "name": "productId", "value": sand }, { "name": "available", "value": "0" }, { "name": "requested", "value": "1" }] },
        ])
    );
    // All lines or none.
    assert_eq!(yard.level(&cement).await[0], "10");
    yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_wrong_with_lines_is_told_for_each() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let service = {
        let mut input = yard.dealer.product_input("TRIP").await;
        input["kind"] = json!("SERVICE");
        let create = crate::support::CREATE_PRODUCT;
        let made = yard.client().run(create, json!({ "input": input })).await;
        made["productCreate"]["product"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let nobody = format!("prd_{}", "0".repeat(32));
    let told = yard
        .adjust(json!([
            line(&cement, "IN", "1.5", None),
            line(&service, "IN", "1", None),
            line(&nobody, "IN", "1", None)
        ]))
        .await;
    assert_eq!(
        codes(&told),
        [
            (
                "BAD_USER_INPUT".into(),
                "input.lines.0.quantity.value".into()
            ),
            ("NOT_ALLOWED".into(), "input.lines.1.productId".into()),
            ("NOT_FOUND".into(), "input.lines.2.productId".into()),
        ]
    );
    let told = yard
        .adjust(json!([line(&cement, "OUT", "1", Some("3"))]))
        .await;
    assert_eq!(
        codes(&told),
        [("BAD_USER_INPUT".into(), "input.lines.0.unitCost".into())]
    );
    assert_eq!(
        codes(&yard.adjust(json!([])).await),
        [("BAD_USER_INPUT".into(), "input.lines".into())]
    );
    let input = json!({ "warehouseId": format!("whs_{}", "0".repeat(32)), "reason": "LOSS",
        "lines": [line(&cement, "IN", "1", None)], "idempotencyKey": key() });
    let told = yard.client().run(ADJUST, json!({ "input": input })).await;
    assert_eq!(
        codes(&told["stockAdjust"]),
        [("NOT_FOUND".into(), "input.warehouseId".into())]
    );
}

/// Codes and paths of what a payload refuses.
fn codes(payload: &Value) -> Vec<(String, String)> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let told = errors.map(|error| {
        let path = error["path"].as_array().unwrap().iter();
        let path: Vec<_> = path.map(|part| part.as_str().unwrap()).collect();
        (error["code"].as_str().unwrap().to_owned(), path.join("."))
    });
    told.collect()
}

#[tokio::test]
async fn it_is_done_once_under_its_key_and_never_without() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    let mut input = json!({ "warehouseId": yard.warehouses[0], "reason": "FOUND",
        "lines": [line(&cement, "IN", "5", None)] });
    let answer = yard.client().send(ADJUST, json!({ "input": input })).await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED");
    input["idempotencyKey"] = json!(key());
    let first = yard.client().run(ADJUST, json!({ "input": input })).await;
    let again = yard.client().run(ADJUST, json!({ "input": input })).await;
    assert_eq!(first, again);
    assert_eq!(yard.level(&cement).await[0], "5");
}

#[tokio::test]
async fn goods_go_before_they_come_only_where_that_is_allowed() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "2", "4").await;
    let set = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) {
        stockLevel { mayBeNegative } userErrors { code path } } }";
    let allow = |allowed: bool| {
        json!({ "input": { "productId": cement, "warehouseId": yard.warehouses[0],
        "mayBeNegative": allowed } })
    };
    let data = yard.client().run(set, allow(true)).await;
    assert_eq!(data["stockLevelSet"]["stockLevel"]["mayBeNegative"], true);
    yard.adjust(json!([line(&cement, "OUT", "5", None)])).await;
    assert_eq!(yard.level(&cement).await, ["-3", "0", "-3", "-12", "4"]);
    let data = yard.client().run(set, allow(false)).await;
    assert_eq!(
        data["stockLevelSet"]["userErrors"][0]["code"],
        "NOT_ALLOWED"
    );
    yard.put(&cement, "10", "5").await;
    assert_eq!(yard.level(&cement).await, ["7", "0", "7", "35", "5"]);
    yard.books_are_right().await;
}

#[tokio::test]
async fn its_statements_do_not_depend_on_its_lines() {
    let yard = Yard::open().await;
    let mut products = Vec::new();
    for index in 0..20 {
        products.push(yard.product(&format!("P-{index}")).await);
    }
    let mut counts = Vec::new();
    for many in [1, 20] {
        let lines: Vec<_> = products
            .iter()
            .take(many)
            .map(|id| line(id, "IN", "1", None))
            .collect();
        // The levels are made the first time.
        yard.adjust(json!(lines)).await;
        let input = json!({ "warehouseId": yard.warehouses[0], "reason": "FOUND", "lines": lines,
            "idempotencyKey": key() });
        let answer = yard.client().send(ADJUST, json!({ "input": input })).await;
        counts.push(answer.statements());
    }
    assert_eq!(counts[0], counts[1]);
    // The key; the warehouse; the units; which levels there are; the levels; their change;
    // the movements; whether they are kept by lots; the answer's currency needs none; the answer kept; counter and events.
    assert!(counts[0] <= 12, "{counts:?}");
}

#[tokio::test]
async fn the_dealers_role_changes_no_movement() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "5", "4").await;
    let (client, schema) = (owner().await, &yard.dealer.schema);
    for statement in [
        "UPDATE {}.stock_movements SET quantity = 1",
        "DELETE FROM {}.stock_movements",
        "TRUNCATE {}.stock_movements",
        "UPDATE {}.lot_movements SET quantity = 1",
        "DELETE FROM {}.lot_movements",
    ] {
        let statement = statement.replace("{}", schema);
        let words = format!("SET ROLE {schema}; SET tubex.actor = 'usr_x'; {statement}");
        let refused = client.batch_execute(&words).await.unwrap_err();
        assert!(
            format!("{refused:?}").contains("permission denied"),
            "{refused:?}"
        );
        client.batch_execute("RESET ROLE").await.unwrap();
    }
}
