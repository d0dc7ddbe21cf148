//! Goods that are put aside.

use serde_json::{Value, json};

use super::{HOLD, RELEASE, Yard, key, line};

#[tokio::test]
async fn what_is_put_aside_nobody_else_gets() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let held = yard.hold(&cement, "7").await;
    let held = &held["stockReservation"];
    assert_eq!(
        (&held["source"], &held["isOpen"]),
        (&json!("HOLD"), &json!(true))
    );
    assert_eq!(yard.level(&cement).await[..3], ["10", "7", "3"]);
    let refused = yard.hold(&cement, "4").await;
    assert_eq!(refused["userErrors"][0]["code"], "INSUFFICIENT_STOCK");
    assert_eq!(
        refused["userErrors"][0]["details"][1],
        json!({ "name": "available", "value": "3" })
    );
    let refused = yard.adjust(json!([line(&cement, "OUT", "4", None)])).await;
    assert_eq!(refused["userErrors"][0]["code"], "INSUFFICIENT_STOCK");
    yard.books_are_right().await;

    let release =
        |version: i64| json!({ "input": { "id": held["id"], "expectedVersion": version } });
    let data = yard.client().run(RELEASE, release(9)).await;
    assert_eq!(
        data["stockHoldRelease"]["userErrors"][0]["code"],
        "CONFLICT"
    );
    let data = yard.client().run(RELEASE, release(1)).await;
    let freed = &data["stockHoldRelease"]["stockReservation"];
    assert_eq!(
        (&freed["isOpen"], &freed["open"]["value"]),
        (&json!(false), &json!("0"))
    );
    assert_eq!(yard.level(&cement).await[..3], ["10", "0", "10"]);
    let data = yard.client().run(RELEASE, release(2)).await;
    assert_eq!(
        data["stockHoldRelease"]["userErrors"][0]["code"],
        "NOT_ALLOWED"
    );
    yard.books_are_right().await;
    let told = super::told(&yard.dealer, "reservation").await;
    assert_eq!(told, ["reservation.made", "reservation.released"]);
}

#[tokio::test]
async fn tiles_are_put_aside_by_the_square_metre_and_lie_in_boxes() {
    let yard = Yard::open().await;
    let tiles = yard.measured("TIL", "box", &[("m2", 25, 36)]).await;
    yard.put(&tiles, "20", "16").await;
    let input = |rounding: &str, unit: Value| {
        json!({ "input": { "productId": tiles,
        "warehouseId": yard.warehouses[0], "reason": "bathroom", "idempotencyKey": key(),
        "quantity": { "value": "20", "unitId": unit, "rounding": rounding } } })
    };
    let unit = yard.unit("m2").await;
    let refused = yard.client().run(HOLD, input("REFUSE", unit.clone())).await;
    let error = &refused["stockHold"]["userErrors"][0];
    assert_eq!(error["path"], json!(["input", "quantity", "value"]));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("between 13 and 14"),
        "{error}"
    );
    let held = yard.client().run(HOLD, input("UP", unit)).await;
    assert_eq!(
        held["stockHold"]["stockReservation"]["quantity"],
        json!({ "value": "20.16", "unit": { "code": "m2" }, "inBase": "14" })
    );
    assert_eq!(yard.level(&tiles).await[..3], ["20", "14", "6"]);
}

#[tokio::test]
async fn holds_are_listed_and_found() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let held = yard.hold(&cement, "7").await;
    let id = &held["stockReservation"]["id"];
    let query = "query($id: ID!, $p: ID!) {
        node(id: $id) { ... on StockReservation { reason warehouse { code } product { sku } } }
        open: stockReservations(where: { productId: { eq: $p }, open: true }) { totalCount nodes { id } }
        closed: stockReservations(where: { open: false }) { nodes { id } } }";
    let data = yard
        .client()
        .run(query, json!({ "id": id, "p": cement }))
        .await;
    assert_eq!(
        data["node"],
        json!({ "reason": "for Mr Brown", "warehouse": { "code": "NORTH" }, "product": { "sku": "CEM" } })
    );
    assert_eq!(
        data["open"],
        json!({ "totalCount": 1, "nodes": [{ "id": id }] })
    );
    assert_eq!(data["closed"]["nodes"], json!([]));
}

#[tokio::test]
async fn nothing_is_put_aside_where_nothing_lies() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let south = json!({ "input": { "id": yard.warehouses[1], "expectedVersion": 1 } });
    let archive = "mutation($input: WarehouseArchiveInput!) { warehouseArchive(input: $input) { userErrors { code } } }";
    let archived = yard.client().run(archive, south).await;
    assert_eq!(archived["warehouseArchive"]["userErrors"], json!([]));
    let nowhere = yard.warehouses[0].replace(char::is_numeric, "1");
    for (warehouse, quantity, code, path) in [
        (&nowhere, "1", "NOT_FOUND", json!(["input", "warehouseId"])),
        (
            &yard.warehouses[1],
            "1",
            "NOT_ALLOWED",
            json!(["input", "warehouseId"]),
        ),
        (
            &yard.warehouses[0],
            "1000000000000000",
            "BAD_USER_INPUT",
            json!(["input", "quantity", "value"]),
        ),
    ] {
        let input = json!({ "productId": cement, "warehouseId": warehouse, "quantity": { "value": quantity },
            "reason": "for Mr Brown", "idempotencyKey": key() });
        let data = yard.client().run(HOLD, json!({ "input": input })).await;
        let error = &data["stockHold"]["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!(code), &path));
    }
}
