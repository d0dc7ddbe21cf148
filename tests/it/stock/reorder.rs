//! What should be bought before it runs out.

use serde_json::{Value, json};

use super::Yard;

const SET: &str = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) {
    stockLevel { reorderPoint { value } reorderQuantity { value } } userErrors { code path } } }";

#[tokio::test]
async fn what_falls_below_its_point_is_suggested_in_lots() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    let set = |product: &str, point: Value, lot: Value| {
        json!({ "input": { "productId": product, "warehouseId": yard.warehouses[0],
            "reorderPoint": point, "reorderQuantity": lot } })
    };
    let data = yard
        .client()
        .run(SET, set(&cement, json!("100"), json!("40")))
        .await;
    assert_eq!(
        data["stockLevelSet"]["stockLevel"],
        json!({ "reorderPoint": { "value": "100" }, "reorderQuantity": { "value": "40" } })
    );
    yard.client()
        .run(SET, set(&sand, json!("5"), Value::Null))
        .await;
    yard.put(&cement, "130", "4").await;
    yard.put(&sand, "1", "4").await;
    yard.hold(&cement, "31").await;
    let query = "query($w: ID) { reorderSuggestions(warehouseId: $w) {
        quantity { value } level { product { sku } available { value } } } }";
    let data = yard
        .client()
        .run(query, json!({ "w": yard.warehouses[0] }))
        .await;
    let mut found = data["reorderSuggestions"].as_array().unwrap().clone();
    found.sort_by_key(|row| row["level"]["product"]["sku"].to_string());
    assert_eq!(
        found,
        [
            json!({ "quantity": { "value": "40" }, "level": { "product": { "sku": "CEM" }, "available": { "value": "99" } } }),
            json!({ "quantity": { "value": "4" }, "level": { "product": { "sku": "SND" }, "available": { "value": "1" } } }),
        ]
    );
    let data = yard
        .client()
        .run(query, json!({ "w": yard.warehouses[1] }))
        .await;
    assert_eq!(data["reorderSuggestions"], json!([]));
    for wrong in [
        set(&cement, json!("-1"), json!("1")),
        set(&cement, json!("1"), json!("0")),
    ] {
        let data = yard.client().run(SET, wrong).await;
        assert_eq!(
            data["stockLevelSet"]["userErrors"][0]["code"],
            "BAD_USER_INPUT"
        );
    }
}

#[tokio::test]
async fn nothing_is_suggested_for_a_place_out_of_use() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    for place in &yard.warehouses {
        let input = json!({ "productId": cement, "warehouseId": place, "reorderPoint": "5" });
        let data = yard.client().run(SET, json!({ "input": input })).await;
        assert_eq!(data["stockLevelSet"]["userErrors"], json!([]));
    }
    let archived = yard.archive(&yard.warehouses[1]).await;
    assert_eq!(archived["userErrors"], json!([]));
    let query = "{ reorderSuggestions { level { warehouse { code } } } }";
    let data = yard.client().get(query).await;
    let north = json!({ "level": { "warehouse": { "code": "NORTH" } } });
    assert_eq!(data["reorderSuggestions"], json!([north]));
}
