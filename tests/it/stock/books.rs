//! That the books of stock are right, and that it would be noticed if not.

use serde_json::json;

use super::{Yard, line};
use crate::support::owner;

#[tokio::test]
async fn a_level_that_is_not_the_sum_of_its_movements_is_told() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    yard.hold(&cement, "3").await;
    yard.books_are_right().await;
    let client = owner().await;
    let tampered = format!(
        "SET tubex.actor = 'test'; UPDATE {}.stock_levels SET on_hand = on_hand + 1, reserved = reserved - 1",
        yard.dealer.schema
    );
    client.batch_execute(&tampered).await.unwrap();
    let query =
        "{ stockReconcile { product { sku } warehouse { code } onHand { value } moved { value }
        value { amount } movedValue { amount } reserved { value } promised { value } } }";
    let told = yard.client().get(query).await;
    let told = &told["stockReconcile"];
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(
        (&told[0]["onHand"]["value"], &told[0]["moved"]["value"]),
        (&json!("11"), &json!("10"))
    );
    assert_eq!(
        (&told[0]["reserved"]["value"], &told[0]["promised"]["value"]),
        (&json!("2"), &json!("3"))
    );
}

#[tokio::test]
async fn movements_are_listed_the_latest_first_and_filtered() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "10", "4").await;
    yard.put(&sand, "5", "2").await;
    yard.adjust(json!([line(&cement, "OUT", "3", None)])).await;
    let query = "query($where: StockMovementWhere) { stockMovements(where: $where) { totalCount
        nodes { product { sku } warehouse { code } quantity { value unit { code } } kind number } } }";
    let all = yard.client().run(query, json!({ "where": {} })).await;
    let all = &all["stockMovements"];
    assert_eq!(all["totalCount"], 3);
    assert_eq!(
        all["nodes"][0],
        json!({ "product": { "sku": "CEM" }, "warehouse": { "code": "NORTH" }, "kind": "ADJUSTMENT",
            "number": 2, "quantity": { "value": "-3", "unit": { "code": "bag" } } })
    );
    for (filter, count) in [
        (json!({ "productId": { "eq": sand } }), 1),
        (json!({ "direction": "OUT" }), 1),
        (json!({ "direction": "IN" }), 2),
        (json!({ "kinds": ["COUNT", "OPENING"] }), 0),
        (json!({ "warehouseId": { "eq": yard.warehouses[1] } }), 0),
    ] {
        let found = yard.client().run(query, json!({ "where": filter })).await;
        assert_eq!(found["stockMovements"]["totalCount"], count, "{filter}");
    }
}

#[tokio::test]
async fn a_movement_is_told_as_an_event() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "10", "4").await;
    let client = owner().await;
    let told = format!(
        "SELECT payload::text FROM {}.events WHERE name = 'movement.posted'",
        yard.dealer.schema
    );
    let rows = client.query(told.as_str(), &[]).await.unwrap();
    let payload: serde_json::Value = serde_json::from_str(rows[0].get(0)).unwrap();
    assert_eq!(
        payload,
        json!({ "movement": payload["movement"], "product": cement, "warehouse": yard.warehouses[0], "kind": "ADJUSTMENT",
            "quantity": "10", "onHand": "10" })
    );
}
