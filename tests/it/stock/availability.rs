//! What can be had, now and by a day to come.

use serde_json::{Value, json};

use super::{Yard, key, line};

const AVAILABLE: &str = "query($ids: [ID!]!, $w: [ID!], $on: NaiveDate) {
    availability(productIds: $ids, warehouseIds: $w, on: $on) {
      onHand { value } reserved { value } available { value unit { code } } projected { value }
      soon: projected(on: \"2030-01-02\") { value }
      incoming { day quantity { value } }
      warehouses { warehouse { code } onHand { value } available { value } projected { value }
        incoming { day quantity { value } } } } }";

impl Yard {
    async fn available(&self, variables: Value) -> Value {
        let data = self.client().run(AVAILABLE, variables).await;
        data["availability"].clone()
    }

    /// Sends some from the first yard to the other, to arrive on a day.
    async fn send_off(&self, product: &str, quantity: &str, due: Value) -> Value {
        let create = "mutation($input: TransferCreateInput!) { transferCreate(input: $input) {
            transfer { id version dueOn } userErrors { code path } } }";
        let input = json!({ "fromId": self.warehouses[0], "toId": self.warehouses[1], "dueOn": due,
            "lines": [{ "productId": product, "quantity": { "value": quantity } }], "idempotencyKey": key() });
        let made = self.client().run(create, json!({ "input": input })).await;
        let draft = made["transferCreate"]["transfer"].clone();
        assert_eq!(draft["dueOn"], due, "{made:#}");
        let approved = self.step("transferApprove", &draft).await["transfer"].clone();
        self.step("transferDispatch", &approved).await["transfer"].clone()
    }
}

#[tokio::test]
async fn what_is_on_its_way_is_to_be_had_where_and_when_it_arrives() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    yard.adjust_in(1, json!([line(&cement, "IN", "5", Some("4"))]))
        .await;
    yard.hold(&cement, "8").await;
    let sent = yard.send_off(&cement, "10", json!("2030-01-02")).await;
    yard.send_off(&cement, "20", json!("2030-01-09")).await;
    yard.send_off(&cement, "3", Value::Null).await;
    let days = json!([
        { "day": null, "quantity": { "value": "3" } },
        { "day": "2030-01-02", "quantity": { "value": "10" } },
        { "day": "2030-01-09", "quantity": { "value": "20" } },
    ]);
    let told = yard.available(json!({ "ids": [cement] })).await;
    let value = |value: &str| json!({ "value": value });
    assert_eq!(
        told,
        json!([{ "onHand": value("72"), "reserved": value("8"), "projected": value("94"), "soon": value("74"),
            "available": { "value": "64", "unit": { "code": "bag" } }, "incoming": days,
            "warehouses": [
                { "warehouse": { "code": "NORTH" }, "onHand": value("67"), "available": value("59"),
                  "projected": value("59"), "incoming": [] },
                { "warehouse": { "code": "SOUTH" }, "onHand": value("5"), "available": value("5"),
                  "projected": value("35"), "incoming": days },
            ] }])
    );
    let told = yard
        .available(json!({ "ids": [cement], "on": "2030-01-01" }))
        .await;
    assert_eq!(told[0]["projected"], value("64"));
    // What has arrived is on hand.
    yard.step("transferReceive", &sent).await;
    let told = yard
        .available(json!({ "ids": [cement], "w": [yard.warehouses[1]] }))
        .await;
    assert_eq!(
        (&told[0]["onHand"], &told[0]["soon"]),
        (&value("15"), &value("15"))
    );
    assert_eq!(told[0]["warehouses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn it_is_asked_of_products_alike_and_null_of_none() {
    let yard = Yard::open().await;
    let (cement, sand) = (yard.product("CEM").await, yard.product("SND").await);
    yard.put(&cement, "100", "4").await;
    let nowhere = format!("prd_{}", "0".repeat(32));
    let told = yard
        .available(json!({ "ids": [sand, nowhere, cement] }))
        .await;
    assert_eq!(told[0]["available"]["value"], "0");
    assert_eq!(told[0]["warehouses"], json!([]));
    assert_eq!(told[1], Value::Null);
    assert_eq!(told[2]["available"]["value"], "100");
    let query = "query($w: [ID!]) { products(orderBy: [{ field: SKU }]) { nodes {
        availability(warehouseIds: $w) { available { value } } } } }";
    let data = yard
        .client()
        .run(query, json!({ "w": [yard.warehouses[1]] }))
        .await;
    let none = json!({ "availability": { "available": { "value": "0" } } });
    assert_eq!(data["products"]["nodes"], json!([none, none]));
    let many = vec![cement; 201];
    let answer = yard.client().send(AVAILABLE, json!({ "ids": many })).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_place_out_of_use_has_nothing_to_be_had() {
    let yard = Yard::open().await;
    let cement = yard.product("CEM").await;
    yard.put(&cement, "100", "4").await;
    yard.adjust(json!([line(&cement, "OUT", "100", None)]))
        .await;
    let archived = yard.archive(&yard.warehouses[0]).await;
    assert_eq!(archived["userErrors"], json!([]));
    let told = yard.available(json!({ "ids": [cement] })).await;
    assert_eq!(told[0]["onHand"]["value"], "0");
    assert_eq!(told[0]["warehouses"], json!([]));
}

#[tokio::test]
async fn it_costs_the_same_of_one_product_and_of_twenty() {
    let yard = Yard::open().await;
    let mut products = Vec::new();
    for index in 0..20 {
        let id = yard.product(&format!("P-{index}")).await;
        yard.put(&id, "5", "1").await;
        products.push(id);
    }
    yard.send_off(&products[0], "2", json!("2030-01-02")).await;
    let mut costs = Vec::new();
    for many in [1, 20] {
        let answer = yard
            .client()
            .send(AVAILABLE, json!({ "ids": products[..many] }))
            .await;
        costs.push(answer.statements());
    }
    // Products; places; levels; transfers; purchase orders; units; warehouses.
    assert_eq!(costs, [7, 7]);
    let query = "{ products { nodes { sku availability { projected { value } } } } }";
    let answer = yard.client().send(query, json!({})).await;
    // Products; places; levels; transfers; purchase orders.
    assert_eq!(answer.statements(), 5);
}
