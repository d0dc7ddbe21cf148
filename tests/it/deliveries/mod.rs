//! Goods on their way to customers: by truck, on runs, over the counter.

mod credit;
mod flow;
mod live;
mod once;
mod pickup;
mod planned;
mod rights;
mod runs;
mod statements;
mod together;
mod weighed;

use serde_json::{Value, json};

use crate::stock::{Yard, key};
use crate::support::payloads::{self, number, refused, step, trusted as buyer, with};
use crate::support::{Client, TestDealer};

const ORDER: &str = "order { id number version state fulfilment lines { id
    quantity { inBase } planned { inBase } delivered { inBase } toDeliver { inBase }
    reservations { open { value } } } }";
const DELIVERY: &str = "delivery { id number state version method plannedOn addressLine city
    instructions stop signer failureReason allowedActions recipient run { id } lines { id
    productName unitCode quantity { value inBase } delivered { value inBase } weight
    cost { amount } } }";
const RUN: &str = "deliveryRun { id number state version truck driverId runsOn allowedActions
    deliveries { id number stop state plannedOn } }";
/// A day that is the same in all tests.
pub const DAY: &str = "2099-12-01";

fn selection(field: &str) -> &'static str {
    match field {
        _ if field.starts_with("order") => ORDER,
        _ if field.starts_with("deliveryRun") => RUN,
        _ => DELIVERY,
    }
}

/// The type of a mutation's input.
pub fn input_type(field: &str) -> String {
    match field {
        "orderConfirm" => "OrderStepInput".to_owned(),
        "deliveryLoad" | "deliveryDispatch" | "deliveryCancel" => "DeliveryStepInput".to_owned(),
        "deliveryRunStart" | "deliveryRunFinish" | "deliveryRunCancel" => {
            "DeliveryRunStepInput".to_owned()
        }
        _ => payloads::own_input(field),
    }
}

fn document(field: &str) -> String {
    payloads::document(field, &input_type(field), selection(field))
}

async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    payloads::payload(client, &document(field), input).await
}

/// Sends a mutation that must succeed; gives its record.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    payloads::record(field, selection(field), &payload)
}

/// Sends it until there is room for it; gives the code of the refusal, or OK.
async fn insist(client: &Client, field: &str, input: &Value) -> String {
    loop {
        let answer = client
            .send(&document(field), json!({ "input": input }))
            .await;
        if answer.code() == "OVERLOADED" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        let code = &answer.body["data"]["payload"]["userErrors"][0]["code"];
        return code.as_str().unwrap_or("OK").to_owned();
    }
}

/// A line of an order out of a yard.
fn ordered(product: &str, quantity: &str, warehouse: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity }, "warehouseId": warehouse })
}

/// A dealer with two yards and a customer whose credit is large.
struct Depot {
    yard: Yard,
    customer: String,
}

impl Depot {
    async fn open() -> Self {
        let yard = Yard::open().await;
        let customer = buyer(yard.client(), "BLD", "1000000").await;
        Self { yard, customer }
    }

    fn client(&self) -> &Client {
        self.yard.client()
    }

    async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(self.client(), field, input).await
    }

    /// Sends a mutation that must succeed, after which the books must be right.
    async fn done(&self, field: &str, input: Value) -> Value {
        let record = done(self.client(), field, input).await;
        self.yard.books_are_right().await;
        record
    }

    /// A product of which so much lies in the first yard at a cost of 4.
    async fn stocked(&self, sku: &str, quantity: &str) -> String {
        let product = self.yard.product(sku).await;
        self.yard.put(&product, quantity, "4").await;
        product
    }

    /// A confirmed order.
    async fn order(&self, lines: Value) -> Value {
        self.order_of(&self.customer, lines).await
    }

    async fn order_of(&self, customer: &str, lines: Value) -> Value {
        let input = json!({ "customerId": customer, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "address": { "addressLine": "1 Quarry Road", "city": "Joliet" },
            "instructions": "Mind the dog", "idempotencyKey": key() });
        let draft = done(self.client(), "orderCreate", input).await;
        done(self.client(), "orderConfirm", step(&draft)).await
    }

    /// A confirmed order of one product out of the first yard.
    async fn order_one(&self, product: &str, quantity: &str) -> Value {
        let line = ordered(product, quantity, &self.yard.warehouses[0]);
        self.order(json!([line])).await
    }

    /// The order as it is now.
    async fn again(&self, order: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            ORDER.replacen("order", "order(id: $id)", 1)
        );
        let found = self
            .client()
            .run(&query, json!({ "id": order["id"] }))
            .await;
        found["order"].clone()
    }

    /// The delivery as it is now.
    async fn delivery(&self, delivery: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            DELIVERY.replacen("delivery", "delivery(id: $id)", 1)
        );
        let keys = json!({ "id": delivery["id"] });
        self.client().run(&query, keys).await["delivery"].clone()
    }

    /// A planned delivery.
    async fn plan(&self, order: &Value, more: Value) -> Value {
        self.done("deliveryPlan", planned(order, &more)).await
    }

    /// A delivery on its way.
    async fn sent(&self, order: &Value, more: Value) -> Value {
        let planned = self.plan(order, more).await;
        let loaded = self.done("deliveryLoad", step(&planned)).await;
        self.done("deliveryDispatch", step(&loaded)).await
    }

    async fn told(&self, entity: &str) -> Vec<String> {
        crate::stock::told(&self.yard.dealer, entity).await
    }
}

/// The input of a delivery of an order.
fn planned(order: &Value, more: &Value) -> Value {
    let input = json!({ "orderId": order["id"], "plannedOn": DAY, "idempotencyKey": key() });
    with(input, more)
}

/// What of a line of an order to deliver.
fn part(order: &Value, line: usize, quantity: &str) -> Value {
    json!({ "orderLineId": order["lines"][line]["id"], "quantity": { "value": quantity } })
}

/// Planned, delivered and reserved of a line of an order.
fn counted(order: &Value, line: usize) -> [String; 3] {
    let line = &order["lines"][line];
    let open = line["reservations"].as_array().unwrap().iter();
    let open = open.map(|row| -> rust_decimal::Decimal {
        row["open"]["value"].as_str().unwrap().parse().unwrap()
    });
    let open: rust_decimal::Decimal = open.sum();
    [
        number(line, "/planned/inBase"),
        number(line, "/delivered/inBase"),
        open.normalize().to_string(),
    ]
}

/// Some of everything, so that there is something to see: an order of one of some product, a
/// delivery of it that is planned on a run, and one to a customer that was handed over. Gives
/// their ids.
pub async fn deliver_some(dealer: &TestDealer) -> Value {
    let client = &dealer.client;
    let query = "{ stockLevels(first: 1, orderBy: [{ field: ON_HAND, direction: DESC }]) { nodes {
        product { id } warehouse { id } } } }";
    let data = client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let customer = buyer(client, "ZZZ-DLV", "1000000").await;
    let line = json!({ "productId": level["product"]["id"], "quantity": { "value": "2" } });
    let input = json!({ "customerId": customer, "warehouseId": level["warehouse"]["id"],
        "lines": [line], "idempotencyKey": key() });
    let draft = done(client, "orderCreate", input).await;
    let order = done(client, "orderConfirm", step(&draft)).await;
    let input = json!({ "warehouseId": level["warehouse"]["id"], "truck": format!("T {}", dealer.id),
        "driverId": dealer.owner.to_string(), "runsOn": DAY, "idempotencyKey": key() });
    let run = done(client, "deliveryRunCreate", input).await;
    let lines = json!([part(&order, 0, "1")]);
    let input = planned(&order, &json!({ "runId": run["id"], "lines": lines }));
    let delivery = done(client, "deliveryPlan", input).await;
    let input = json!({ "orderId": order["id"], "signer": format!("Signer of {}", dealer.id),
        "lines": lines, "idempotencyKey": key() });
    let picked = done(client, "deliveryPickup", input).await;
    json!({ "order": order["id"], "run": run["id"], "delivery": delivery["id"], "pickup": picked["id"] })
}
