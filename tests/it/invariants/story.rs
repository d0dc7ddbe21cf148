//! A small shop in which some of everything has happened: where all tests begin.

use serde_json::{Value, json};

use super::schema::Schema;
use super::steps::{Player, Step, Tally, send};
use super::world::World;
use crate::soak::chance::Chance;
use crate::stock::{Yard, key};

/// A yard, and somebody who works there.
pub struct Shop {
    pub yard: Yard,
    pub player: Player,
}

const DAY: &str = "2099-12-01";

impl Shop {
    /// With some of everything behind it.
    pub async fn open(seed: usize) -> Self {
        let yard = Yard::open().await;
        let client = yard.client().clone();
        let player = Player {
            schema: Schema::read(&client).await,
            client,
            world: World::default(),
            dice: Chance::new(seed),
            tally: Tally::default(),
        };
        let mut shop = Self { yard, player };
        shop.learn_places().await;
        let goods = shop.goods().await;
        let (customer, job) = shop.parties().await;
        shop.sell(&goods, [&customer, &job]).await;
        shop.offer(&goods, [&customer, &job]).await;
        shop.pay(&customer).await;
        shop.buy(&goods).await;
        shop.buy_for(&goods, &customer).await;
        shop.move_about(&goods).await;
        // What was done so far was not by chance.
        shop.player.tally = Tally::default();
        shop
    }

    /// Does one thing that must succeed; gives its record.
    pub async fn does(&mut self, name: &str, mut input: Value) -> Value {
        input["idempotencyKey"] = json!(key());
        let mutation = self.player.schema.mutations[name].clone();
        let step = Step {
            mutation: name.to_owned(),
            document: mutation.document,
            input,
        };
        let sent = json!({ "input": step.input });
        let answer = send(&self.player.client, &step.document, sent).await;
        self.player.take(&step, &answer).unwrap();
        let payload = &answer.body["data"]["payload"];
        assert_eq!(
            payload["userErrors"],
            json!([]),
            "{name} {}: {payload:#}",
            step.input
        );
        let mut fields = payload.as_object().unwrap().iter();
        let record = fields.find(|field| field.0 != "userErrors" && !field.1.is_null());
        record.map_or(Value::Null, |field| field.1.clone())
    }

    /// A step of a record that needs no more than its version.
    async fn step(&mut self, name: &str, record: &Value) -> Value {
        let input = json!({ "id": record["id"], "expectedVersion": record["version"] });
        self.does(name, input).await
    }

    async fn learn_places(&mut self) {
        let mut query = "{ warehouses(first: 9) { nodes { __typename id version } }".to_owned();
        for (index, code) in ["bag", "pallet", "kg", "t"].iter().enumerate() {
            query = format!("{query} u{index}: unit(code: \"{code}\") {{ __typename id }}");
        }
        let known = self.player.client.get(&(query + " }")).await;
        self.player.world.learn(&known);
    }

    /// Cement with a tax, sand by weight, paint by lots; some of each in both yards.
    async fn goods(&mut self) -> [String; 3] {
        let cement = self.yard.measured("CEM", "bag", &[("pallet", 40, 1)]).await;
        let sand = self.yard.measured("SAND", "kg", &[("t", 1000, 1)]).await;
        let paint = self.yard.product("PAINT").await;
        let query =
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { __typename id version } } }";
        let ids = json!({ "ids": [cement, sand, paint] });
        let known = self.player.client.run(query, ids).await;
        self.player.world.learn(&known);
        let class = self
            .does(
                "taxClassCreate",
                json!({ "code": "STD", "name": "Standard" }),
            )
            .await;
        let rate = json!({ "taxClassId": class["id"], "rate": "10", "validFrom": "2020-01-01" });
        self.does("taxRateSet", rate).await;
        for id in [&cement, &sand] {
            let version = self.player.world.get(id).and_then(|one| one.version);
            let input = json!({ "id": id, "expectedVersion": version, "taxClassId": class["id"] });
            self.does("productPricingSet", input).await;
        }
        self.does(
            "lotTrackingSet",
            json!({ "productId": paint, "isTracked": true }),
        )
        .await;
        for place in self.yard.warehouses.clone() {
            let line = |product: &String, cost: &str| {
                json!({ "productId": product, "direction": "IN", "unitCost": cost,
                    "quantity": { "value": "120" } })
            };
            let mut lots = line(&paint, "7.1");
            lots["lot"] = json!({ "code": "L-1" });
            let lines = [line(&cement, "4"), line(&sand, "0.33"), lots];
            let input = json!({ "warehouseId": place, "reason": "FOUND", "lines": lines });
            self.does("stockAdjust", input).await;
        }
        [cement, sand, paint]
    }

    async fn parties(&mut self) -> (String, String) {
        let mut made = Vec::new();
        for (code, check) in [("ZZ-A", "ORDER"), ("ZZ-B", "NONE")] {
            let input = json!({ "code": code, "name": code, "termsDays": 30 });
            let customer = self.does("customerCreate", input).await;
            let input = json!({ "customerId": customer["id"], "expectedVersion": customer["version"],
                "limit": "1000000", "creditCheck": check, "reason": "as agreed" });
            self.does("creditLimitSet", input).await;
            let input = json!({ "customerId": customer["id"], "code": "J", "name": "Site",
                "addressLine": "Street 1", "city": "Town" });
            let job = self.does("jobCreate", input).await;
            made.push((customer["id"].clone(), job["id"].clone()));
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made[0].0), text(&made[0].1))
    }

    fn lines(goods: &[&String], quantity: &str) -> Value {
        let line = |id: &&String| json!({ "productId": id, "quantity": { "value": quantity } });
        json!(goods.iter().map(line).collect::<Vec<_>>())
    }

    async fn order(&mut self, goods: &[&String], customer: &str) -> Value {
        let input = json!({ "customerId": customer, "warehouseId": self.yard.warehouses[0],
            "lines": Self::lines(goods, "10") });
        let order = self.does("orderCreate", input).await;
        self.step("orderConfirm", &order).await
    }

    /// Orders in all states: delivered in part, billed in part, some of it back.
    async fn sell(&mut self, [cement, sand, paint]: &[String; 3], [customer, job]: [&str; 2]) {
        let order = self.order(&[cement, sand, paint], customer).await;
        let part = |index: usize, quantity: &str| json!({ "orderLineId": order["lines"][index]["id"], "quantity": { "value": quantity } });
        let input = json!({ "orderId": order["id"], "signer": "Joe",
            "lines": [part(0, "6"), part(1, "5"), part(2, "4")] });
        self.does("deliveryPickup", input).await;
        let input = json!({ "orderId": order["id"], "basis": "DELIVERED" });
        let draft = self.does("invoiceFromOrder", input).await;
        let invoice = self.step("invoicePost", &draft).await;
        let input =
            json!({ "warehouseId": self.yard.warehouses[0], "truck": "T 1", "runsOn": DAY });
        let run = self.does("deliveryRunCreate", input).await;
        let input = json!({ "orderId": order["id"], "plannedOn": DAY, "runId": run["id"],
            "lines": [part(0, "2"), part(1, "2")] });
        let planned = self.does("deliveryPlan", input).await;
        let loaded = self.step("deliveryLoad", &planned).await;
        self.step("deliveryDispatch", &loaded).await;
        let input = json!({ "orderId": order["id"], "plannedOn": DAY, "lines": [part(0, "1")] });
        self.does("deliveryPlan", input).await;
        let input = json!({ "orderId": order["id"], "reason": "too many",
            "lines": [part(0, "2"), part(1, "1")] });
        let back = self.does("returnRequest", input).await;
        let back = self.step("returnApprove", &back).await;
        let back = self.step("returnReceive", &back).await;
        self.step("returnCredit", &back).await;
        let lines = json!([{ "lineId": invoice["lines"][1]["id"], "quantity": "1" }]);
        let input = json!({ "invoiceId": invoice["id"], "reason": "it was wet", "lines": lines,
            "isBilledAgain": true });
        self.does("creditNoteCreate", input).await;
        let input = json!({ "customerId": customer, "jobId": job, "warehouseId": self.yard.warehouses[0],
            "lines": Self::lines(&[cement], "3") });
        self.does("orderCreate", input).await;
        let input = json!({ "productId": cement, "warehouseId": self.yard.warehouses[0],
            "quantity": { "value": "2" }, "reason": "for Mr Brown" });
        self.does("stockHold", input).await;
    }

    async fn offer(&mut self, [cement, _, _]: &[String; 3], [customer, job]: [&str; 2]) {
        let input = json!({ "customerId": customer, "jobId": job, "validUntil": "2999-12-31",
            "warehouseId": self.yard.warehouses[0], "lines": Self::lines(&[cement], "4") });
        let quote = self.does("quoteCreate", input.clone()).await;
        let quote = self.step("quoteSend", &quote).await;
        let quote = self.step("quoteAccept", &quote).await;
        let order = self.step("quoteToOrder", &quote).await;
        let order = self.step("orderConfirm", &order).await;
        // Billed before it is delivered.
        let billed = json!({ "orderId": order["id"], "basis": "ORDERED" });
        let draft = self.does("invoiceFromOrder", billed).await;
        self.step("invoicePost", &draft).await;
        self.does("quoteCreate", input).await;
    }

    async fn pay(&mut self, customer: &str) {
        let input =
            json!({ "customerId": customer, "amount": "20", "method": "CASH", "auto": true });
        self.does("paymentRecord", input).await;
        let input = json!({ "customerId": customer, "amount": "5", "method": "CHEQUE" });
        let bounced = self.does("paymentRecord", input).await;
        let input = json!({ "id": bounced["id"], "expectedVersion": bounced["version"],
            "reason": "it bounced" });
        self.does("paymentReverse", input).await;
        for amount in ["30", "-7.5"] {
            let input = json!({ "customerId": customer, "amount": amount, "reason": "as agreed" });
            self.does("accountAdjust", input).await;
        }
    }

    async fn buy(&mut self, [cement, sand, _]: &[String; 3]) {
        let supplier = self
            .does("supplierCreate", json!({ "code": "MILL", "name": "Mill" }))
            .await;
        let input =
            json!({ "supplierId": supplier["id"], "productId": cement, "isPreferred": true });
        self.does("supplierItemSet", input).await;
        let line = |product: &String| json!({ "productId": product, "quantity": { "value": "30" }, "unitCost": "5" });
        let input = json!({ "supplierId": supplier["id"], "warehouseId": self.yard.warehouses[0],
            "lines": [line(cement), line(sand)] });
        let order = self.does("purchaseOrderCreate", input).await;
        let order = self.step("purchaseOrderSend", &order).await;
        let lines = json!([{ "lineId": order["lines"][0]["id"], "quantity": { "value": "12" } }]);
        let costs = json!([{ "kind": "FREIGHT", "amount": "6" }]);
        let input = json!({ "purchaseOrderId": order["id"], "lines": lines, "landedCosts": costs });
        self.does("goodsReceive", input).await;
    }

    /// Goods that are bought for an order.
    async fn buy_for(&mut self, [cement, _, _]: &[String; 3], customer: &str) {
        let line =
            json!({ "productId": cement, "quantity": { "value": "5" }, "sourcing": "SPECIAL" });
        let input = json!({ "customerId": customer, "warehouseId": self.yard.warehouses[0],
            "lines": [line] });
        let order = self.does("orderCreate", input).await;
        let order = self.step("orderConfirm", &order).await;
        let input = json!({ "lineIds": [order["lines"][0]["id"]] });
        self.does("specialOrderToPurchaseOrder", input).await;
    }

    async fn move_about(&mut self, [cement, sand, _]: &[String; 3]) {
        let places = self.yard.warehouses.clone();
        let input = json!({ "fromId": places[0], "toId": places[1],
            "lines": Self::lines(&[cement, sand], "3") });
        for last in [2, 3, 1] {
            let mut transfer = self.does("transferCreate", input.clone()).await;
            for name in &["transferApprove", "transferDispatch", "transferReceive"][..last] {
                transfer = self.step(name, &transfer).await;
            }
        }
        let input = json!({ "warehouseId": places[1], "productIds": [cement, sand] });
        let count = self.does("stockCountOpen", input).await;
        let lines = json!([{ "productId": cement, "quantity": { "value": "100" } },
            { "productId": sand, "quantity": { "value": "130" } }]);
        let count = self
            .does(
                "stockCountRecord",
                json!({ "id": count["id"], "lines": lines }),
            )
            .await;
        self.step("stockCountPost", &count).await;
        let input = json!({ "warehouseId": places[0], "productIds": [sand] });
        self.does("stockCountOpen", input).await;
        let input = json!({ "productId": sand, "warehouseId": places[1], "mayBeNegative": true });
        self.does("stockLevelSet", input).await;
    }
}
