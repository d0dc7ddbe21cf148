//! Stock: what lies where, what it cost, and that the books of it are right.

mod adjust;
mod all_together;
mod availability;
mod books;
mod counts;
mod counts_together;
mod holds;
pub mod lots;
mod measured;
mod places;
mod reorder;
mod together;
mod transfers;
mod valuation;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Server, TestDealer};

const ADJUST: &str = "mutation($input: StockAdjustInput!) { stockAdjust(input: $input) {
    movements { id kind number quantity { value } onHand { value } value { amount } onHandValue { amount } reason note }
    userErrors { code path message details { name value } } } }";
const HOLD: &str = "mutation($input: StockHoldInput!) { stockHold(input: $input) {
    stockReservation { id version quantity { value unit { code } inBase } open { value } source reason isOpen }
    userErrors { code path message details { name value } } } }";
const RELEASE: &str = "mutation($input: StockHoldReleaseInput!) { stockHoldRelease(input: $input) {
    stockReservation { id version open { value } isOpen } userErrors { code path } } }";

/// A dealer with two yards and nothing in them.
pub struct Yard {
    pub server: Server,
    pub dealer: TestDealer,
    pub warehouses: [String; 2],
}

impl Yard {
    pub async fn open() -> Self {
        let server = Server::start().await;
        let dealer = server.dealer().await;
        let mut warehouses = Vec::new();
        for code in ["NORTH", "SOUTH"] {
            let create = format!(
                "mutation {{ warehouseCreate(input: {{ code: \"{code}\", name: \"{code}\", kind: YARD }})
                     {{ warehouse {{ id }} }} }}"
            );
            let made = dealer.client.get(&create).await;
            let id = made["warehouseCreate"]["warehouse"]["id"].as_str();
            warehouses.push(id.unwrap().to_owned());
        }
        Self {
            server,
            dealer,
            warehouses: warehouses.try_into().unwrap(),
        }
    }

    pub fn client(&self) -> &Client {
        &self.dealer.client
    }

    /// A product in bags.
    pub async fn product(&self, sku: &str) -> String {
        self.dealer.add_product(sku).await.id
    }

    /// A product in a base unit, with further units by code and factor.
    pub async fn measured(&self, sku: &str, base: &str, units: &[(&str, i64, i64)]) -> String {
        let mut input = self.dealer.product_input(sku).await;
        input["baseUnitId"] = self.unit(base).await;
        let mut rows = Vec::new();
        for (code, num, den) in units {
            rows.push(json!({ "unitId": self.unit(code).await, "num": num, "den": den }));
        }
        input["units"] = json!(rows);
        let create = crate::support::CREATE_PRODUCT;
        let made = self.client().run(create, json!({ "input": input })).await;
        let id = made["productCreate"]["product"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{made:#}")).to_owned()
    }

    pub async fn unit(&self, code: &str) -> Value {
        let query = "query($code: String!) { unit(code: $code) { id } }";
        let found = self.client().run(query, json!({ "code": code })).await;
        found["unit"]["id"].clone()
    }

    /// The payload of a correction of the first yard.
    pub async fn adjust(&self, lines: Value) -> Value {
        self.adjust_in(0, lines).await
    }

    /// The payload of a correction.
    pub async fn adjust_in(&self, yard: usize, lines: Value) -> Value {
        let input = json!({
            "warehouseId": self.warehouses[yard], "reason": "FOUND", "lines": lines, "idempotencyKey": key(),
        });
        let data = self.client().run(ADJUST, json!({ "input": input })).await;
        data["stockAdjust"].clone()
    }

    /// Puts goods into the first yard.
    pub async fn put(&self, product: &str, quantity: &str, cost: &str) {
        let payload = self
            .adjust(json!([line(product, "IN", quantity, Some(cost))]))
            .await;
        assert_eq!(payload["userErrors"], json!([]));
    }

    /// The payload of a hold in the first yard.
    pub async fn hold(&self, product: &str, quantity: &str) -> Value {
        let input = json!({
            "productId": product, "warehouseId": self.warehouses[0], "quantity": { "value": quantity },
            "reason": "for Mr Brown", "idempotencyKey": key(),
        });
        let data = self.client().run(HOLD, json!({ "input": input })).await;
        data["stockHold"].clone()
    }

    /// On hand, reserved, available, value and average cost of a product in the first yard.
    pub async fn level(&self, product: &str) -> [String; 5] {
        let query = "query($p: ProductId!, $w: WarehouseId!) { stockLevels(
            where: { productId: { eq: $p }, warehouseId: { eq: $w } }) { nodes {
                onHand { value } reserved { value } available { value } value { amount } averageCost { amount } } } }";
        let query = query
            .replace("ProductId!", "ID!")
            .replace("WarehouseId!", "ID!");
        let keys = json!({ "p": product, "w": self.warehouses[0] });
        let data = self.client().run(&query, keys).await;
        let level = &data["stockLevels"]["nodes"][0];
        let text = |path: &str| {
            level
                .pointer(path)
                .and_then(Value::as_str)
                .unwrap_or("none")
        };
        [
            "/onHand/value",
            "/reserved/value",
            "/available/value",
            "/value/amount",
            "/averageCost/amount",
        ]
        .map(|path| decimal(text(path)))
    }

    /// Fails unless the books of stock are right.
    pub async fn books_are_right(&self) {
        let query = "{ stockReconcile { onHand { value } moved { value } value { amount }
            movedValue { amount } reserved { value } promised { value } } }";
        let data = self.client().get(query).await;
        assert_eq!(data["stockReconcile"], json!([]));
    }
}

/// Names of the dealer's events about records of a kind, in order.
pub async fn told(dealer: &TestDealer, entity: &str) -> Vec<String> {
    let query = format!(
        "SELECT name FROM {}.events WHERE entity = $1 ORDER BY id",
        dealer.schema
    );
    let rows = crate::support::owner()
        .await
        .query(&query, &[&entity])
        .await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

/// A line of a correction.
pub fn line(product: &str, direction: &str, quantity: &str, cost: Option<&str>) -> Value {
    json!({ "productId": product, "direction": direction, "quantity": { "value": quantity }, "unitCost": cost })
}

pub fn key() -> String {
    Uuid::now_v7().to_string()
}

/// Without the zeros it is kept with.
pub fn decimal(text: &str) -> String {
    let number: rust_decimal::Decimal = text.parse().unwrap();
    number.normalize().to_string()
}

/// Puts one of some product aside; gives the id of the reservation.
pub async fn put_aside(dealer: &TestDealer) -> String {
    let query = "{ stockLevels(first: 1, orderBy: [{ field: ON_HAND, direction: DESC }]) {
        nodes { product { id } warehouse { id } } } }";
    let data = dealer.client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let input = json!({ "productId": level["product"]["id"], "warehouseId": level["warehouse"]["id"],
        "quantity": { "value": "1" }, "reason": "for a friend", "idempotencyKey": key() });
    let held = dealer.client.run(HOLD, json!({ "input": input })).await;
    let id = held["stockHold"]["stockReservation"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{held:#}")).to_owned()
}

/// Makes the books of stock wrong.
pub async fn spoil(dealer: &TestDealer) {
    let words = format!(
        "SET tubex.actor = 'test'; UPDATE {}.stock_levels SET on_hand = on_hand + 1",
        dealer.schema
    );
    crate::support::owner()
        .await
        .batch_execute(&words)
        .await
        .unwrap();
}

/// Writes a transfer of one of some product down; gives its id.
pub async fn start_transfer(dealer: &TestDealer) -> String {
    let query = "{ stockLevels(first: 1) { nodes { product { id } } } warehouses(first: 2) { nodes { id } } }";
    let data = dealer.client.get(query).await;
    let place = |index: usize| data["warehouses"]["nodes"][index]["id"].clone();
    let input = json!({ "fromId": place(0), "toId": place(1), "idempotencyKey": key(),
        "lines": [{ "productId": data["stockLevels"]["nodes"][0]["product"]["id"], "quantity": { "value": "1" } }] });
    let create = "mutation($input: TransferCreateInput!) { transferCreate(input: $input) { transfer { id } } }";
    let made = dealer.client.run(create, json!({ "input": input })).await;
    made["transferCreate"]["transfer"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Opens a count of a product that some lies of, and counts it; gives the id of the count.
pub async fn count_some(dealer: &TestDealer) -> String {
    let query = "{ stockLevels(first: 1) { nodes { product { id } warehouse { id } } } }";
    let data = dealer.client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let open = "mutation($input: StockCountOpenInput!) { stockCountOpen(input: $input) { stockCount { id } } }";
    let input = json!({ "warehouseId": level["warehouse"]["id"], "productIds": [level["product"]["id"]],
        "idempotencyKey": key() });
    let made = dealer.client.run(open, json!({ "input": input })).await;
    let id = made["stockCountOpen"]["stockCount"]["id"].as_str();
    let id = id.unwrap_or_else(|| panic!("{made:#}")).to_owned();
    let record = "mutation($input: StockCountRecordInput!) { stockCountRecord(input: $input) {
        userErrors { code } } }";
    let line = json!({ "productId": level["product"]["id"], "quantity": { "value": "1" } });
    let input = json!({ "id": id, "lines": [line], "idempotencyKey": key() });
    let made = dealer.client.run(record, json!({ "input": input })).await;
    assert_eq!(made["stockCountRecord"]["userErrors"], json!([]));
    id
}
