//! Levels as they change, and those that run low.

use serde_json::json;

use crate::orders::Counter;
use crate::stock::{Yard, key};

const CHANGED: &str = "subscription($products: [ID!], $warehouse: ID) {
    stockLevelChanged(productIds: $products, warehouseId: $warehouse) {
        eventId event level { onHand { value } available { value } product { sku } warehouse { code } } } }";
const LOW: &str = "subscription($products: [ID!], $warehouse: ID) {
    lowStock(productIds: $products, warehouseId: $warehouse) {
        eventId level { available { value } reorderPoint { value } product { sku } } } }";
const SET: &str = "mutation($input: StockLevelSetInput!) { stockLevelSet(input: $input) {
    userErrors { code } } }";

#[tokio::test]
async fn a_level_that_runs_low_is_told_once() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "130", "4").await;
    yard.put(&sand, "130", "4").await;
    for product in [&cement, &sand] {
        let input = json!({ "productId": product, "warehouseId": yard.warehouses[0], "reorderPoint": "100" });
        yard.client().run(SET, json!({ "input": input })).await;
    }
    let mut socket = yard.server.socket(&yard.dealer).await;
    socket
        .subscribe("low", LOW, json!({ "products": [cement] }))
        .await;
    socket.settle().await;
    // Of another product; still enough; too few; fewer; enough again; too few again.
    yard.hold(&sand, "50").await;
    yard.hold(&cement, "30").await;
    yard.hold(&cement, "1").await;
    yard.hold(&cement, "20").await;
    yard.put(&cement, "60", "4").await;
    yard.hold(&cement, "40").await;
    for _ in 0..2 {
        let heard = socket.next().await;
        let low = &heard["payload"]["data"]["lowStock"];
        assert_eq!(heard["id"], "low", "{heard:#}");
        assert_eq!(low["level"]["product"]["sku"], "CEM");
        assert_eq!(low["level"]["reorderPoint"]["value"], "100");
    }
    socket.settle().await;
    let mut told = crate::stock::told(&yard.dealer, "stock_level").await;
    told.retain(|name| name != "stock_level.reserved");
    let (set, low) = ("stock_level.set", "stock_level.ran_low");
    assert_eq!(told, [set, set, low, low, low]);
}

#[tokio::test]
async fn what_orders_promise_and_free_is_told_once() {
    let counter = Counter::open().await;
    let (cement, sand) = (
        counter.stocked("CEM", "100").await,
        counter.stocked("SND", "100").await,
    );
    let mut socket = counter.yard.server.socket(&counter.yard.dealer).await;
    let of = json!({ "products": [cement] });
    socket.subscribe("mine", CHANGED, of).await;
    socket.settle().await;
    let line = |product: &str, quantity: &str| json!({ "productId": product, "quantity": { "value": quantity } });
    let lines = json!([line(&cement, "5"), line(&sand, "6")]);
    let order = counter.confirmed(lines).await;
    let fewer = json!({ "id": order["id"], "expectedVersion": order["version"], "idempotencyKey": key(),
        "quantities": [{ "lineId": order["lines"][0]["id"], "quantity": { "value": "4" } }] });
    let order = counter.done("orderAmend", fewer).await;
    counter.step("orderCancel", &order).await;
    for available in ["95", "96", "100"] {
        let heard = socket.next().await;
        let change = &heard["payload"]["data"]["stockLevelChanged"];
        assert_eq!(change["event"], "stock_level.reserved");
        assert_eq!(change["level"]["onHand"]["value"], "100");
        let now: f64 = number(&change["level"]["available"]["value"]);
        assert!(now >= number(&json!(available)), "{change:#}");
    }
    socket.settle().await;
}

fn number(text: &serde_json::Value) -> f64 {
    text.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn levels_are_followed_by_product_and_warehouse() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    let mut socket = yard.server.socket(&yard.dealer).await;
    let of = json!({ "products": [cement], "warehouse": yard.warehouses[0] });
    socket.subscribe("mine", CHANGED, of).await;
    let elsewhere = json!({ "warehouse": yard.warehouses[1] });
    socket.subscribe("elsewhere", CHANGED, elsewhere).await;
    socket.settle().await;
    yard.put(&sand, "7", "4").await;
    yard.put(&cement, "9", "4").await;
    let heard = socket.next().await;
    assert_eq!(heard["id"], "mine");
    let change = &heard["payload"]["data"]["stockLevelChanged"];
    assert_eq!(change["event"], "movement.posted");
    assert_eq!(change["level"]["product"]["sku"], "CEM");
    assert_eq!(change["level"]["onHand"]["value"], "9");
    assert_eq!(change["level"]["warehouse"]["code"], "NORTH");
    yard.hold(&cement, "2").await;
    let heard = socket.next().await;
    let change = &heard["payload"]["data"]["stockLevelChanged"];
    assert_eq!(change["event"], "stock_level.reserved");
    assert_eq!(change["level"]["available"]["value"], "7");
    socket.settle().await;
}
