//! Orders: drafts, promises, credit, and what becomes of them.

mod amended;
mod cancelled;
mod confirmed;
mod credit;
mod drafts;
mod fulfilled;
mod held;
mod once;
mod rights;
mod special;
mod statements;
mod together;
mod told;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tubex::dealer::orders::fulfil::{lock, store};
use tubex::dealer::orders::model::{OrderId, OrderLineRow};
use tubex::tenancy::{Access, TenantTx};

use crate::stock::{Yard, key};
pub use crate::support::payloads::trusted as customer;
use crate::support::payloads::{self, number, refused, step};
use crate::support::{Client, TestDealer};

pub const ORDER: &str = "order { id number state fulfilment billing version allowedActions heldAt holdReason
    reference note instructions addressLine city isPickup wantedOn confirmedAt salesperson
    totals { net { amount } tax { amount } gross { amount currency } rates { rate net { amount } tax { amount } } }
    customer { id code } job { id } warehouse { id code } attachments { id }
    lines { id product { id } quantity { value unit { code } inBase } unitPrice { amount } priceUnit { code }
        priceSource priceReason discount net { amount } taxRate sourcing choosesWarehouse warehouse { id code }
        planned { inBase } delivered { inBase } invoiced { inBase } returned { inBase } cancelled { inBase }
        toDeliver { inBase } cancellable { inBase } note purchaseOrderLine { id }
        reservations { id source quantity { value } open { inBase } warehouse { id } } } }";
const BOUGHT: &str =
    "purchaseOrders { id number state version supplier { code } warehouse { code } note
    lines { id product { id } quantity { value inBase } unitCost { amount } } }";

fn selection(field: &str) -> &'static str {
    match field {
        "specialOrderToPurchaseOrder" => BOUGHT,
        _ => ORDER,
    }
}

/// The type of a mutation's input.
pub fn input_type(field: &str) -> String {
    match field {
        "orderApprove" | "orderCancel" | "orderClose" | "orderConfirm" | "orderHoldRelease"
        | "orderWithdraw" => "OrderStepInput".to_owned(),
        _ => payloads::own_input(field),
    }
}

pub fn document(field: &str) -> String {
    payloads::document(field, &input_type(field), selection(field))
}

/// Sends a mutation; gives its payload.
pub async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    payloads::payload(client, &document(field), input).await
}

/// Sends a mutation that must succeed; gives its record.
pub async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    payloads::record(field, selection(field), &payload)
}

/// The details of a refusal, by name.
fn details(error: &Value) -> BTreeMap<String, String> {
    let all = error["details"].as_array().unwrap().iter();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.map(|one| (text(one, "name"), text(one, "value")))
        .collect()
}

/// A line of an order.
fn line(product: &str, quantity: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity } })
}

/// What a line has: on hold of what it was promised.
fn promised(order: &Value, index: usize) -> String {
    let rows = order["lines"][index]["reservations"].as_array().unwrap();
    let open = rows.iter().map(|row| {
        let open: Decimal = row["open"]["inBase"].as_str().unwrap().parse().unwrap();
        open
    });
    open.sum::<Decimal>().normalize().to_string()
}

/// A dealer with two yards, and a customer who is trusted with a million.
pub struct Counter {
    pub yard: Yard,
    pub customer: String,
}

impl Counter {
    pub async fn open() -> Self {
        let yard = Yard::open().await;
        let customer = customer(yard.client(), "BUILD", "1000000").await;
        Self { yard, customer }
    }

    pub fn client(&self) -> &Client {
        self.yard.client()
    }

    pub async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(self.client(), field, input).await
    }

    pub async fn done(&self, field: &str, input: Value) -> Value {
        done(self.client(), field, input).await
    }

    /// A product of which so much lies in the first yard.
    pub async fn stocked(&self, sku: &str, quantity: &str) -> String {
        let product = self.yard.product(sku).await;
        self.yard.put(&product, quantity, "4").await;
        product
    }

    /// The input of an order out of the first yard.
    pub fn input(&self, lines: &Value) -> Value {
        json!({ "customerId": self.customer, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "idempotencyKey": key() })
    }

    pub async fn draft(&self, lines: Value) -> Value {
        self.done("orderCreate", self.input(&lines)).await
    }

    pub async fn confirmed(&self, lines: Value) -> Value {
        let draft = self.draft(lines).await;
        self.done("orderConfirm", step(&draft)).await
    }

    /// The payload of a step of an order.
    pub async fn step(&self, field: &str, order: &Value) -> Value {
        self.mutate(field, step(order)).await
    }

    /// The order as it is now.
    pub async fn order(&self, order: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            ORDER.replacen("order ", "order(id: $id) ", 1)
        );
        let data = self
            .client()
            .run(&query, json!({ "id": order["id"] }))
            .await;
        data["order"].clone()
    }

    /// What the customer has ordered and what was delivered to him, neither of it invoiced.
    pub async fn committed(&self) -> [String; 2] {
        let query = "query($id: ID!) { creditStatus(customerId: $id) { exposure {
            ordered { amount } delivered { amount } } } }";
        let data = self
            .client()
            .run(query, json!({ "id": self.customer }))
            .await;
        let exposure = &data["creditStatus"]["exposure"];
        [
            number(exposure, "/ordered/amount"),
            number(exposure, "/delivered/amount"),
        ]
    }

    /// A class with this tax, in which a product is put.
    pub async fn taxed(&self, product: &str, code: &str, rate: &str) {
        let create = "mutation($input: TaxClassCreateInput!) { taxClassCreate(input: $input) { taxClass { id } userErrors { code path } } }";
        let input = json!({ "code": code, "name": code });
        let made = self.client().run(create, json!({ "input": input })).await;
        let class = &made["taxClassCreate"]["taxClass"]["id"];
        let set = "mutation($input: TaxRateSetInput!) { taxRateSet(input: $input) { userErrors { code path } } }";
        let input = json!({ "taxClassId": class, "rate": rate, "validFrom": "2020-01-01" });
        let made = self.client().run(set, json!({ "input": input })).await;
        assert_eq!(made["taxRateSet"]["userErrors"], json!([]));
        let set = "mutation($input: ProductPricingSetInput!) { productPricingSet(input: $input) { userErrors { code path } } }";
        let query = "query($id: ID!) { product(id: $id) { version } }";
        let found = self.client().run(query, json!({ "id": product })).await;
        let input = json!({ "id": product, "expectedVersion": found["product"]["version"],
            "taxClassId": class });
        let made = self.client().run(set, json!({ "input": input })).await;
        assert_eq!(made["productPricingSet"]["userErrors"], json!([]));
    }

    /// Does to an order what deliveries and invoices do: changes lines' counters, and stores it.
    pub async fn progress(&self, order: &Value, change: impl Fn(&mut OrderLineRow)) -> Value {
        let id: OrderId = order["id"].as_str().unwrap().parse().unwrap();
        let mut tx = self.begin().await;
        let mut orders = lock(&mut tx, &[id]).await.unwrap();
        for line in &mut orders.get_mut(&id).unwrap().lines {
            change(line);
        }
        store(&mut tx, orders).await.unwrap();
        tx.commit().await.unwrap();
        self.order(order).await
    }

    /// A transaction on the dealer, in the name of the program.
    pub async fn begin(&self) -> TenantTx {
        payloads::begin(&self.yard.server, &self.yard.dealer, Access::Write).await
    }

    pub async fn told(&self) -> Vec<String> {
        crate::stock::told(&self.yard.dealer, "order").await
    }
}

/// An order, so that there is something to see. Gives its id and that of its line.
pub async fn sell_some(dealer: &TestDealer) -> Value {
    let query = "{ products(first: 1, where: { kind: STOCK }) { nodes { id } }
        warehouses(first: 1) { nodes { id } } customers(first: 200) { nodes { id jobs { id status } } } }";
    let data = dealer.client.get(query).await;
    let customers = data["customers"]["nodes"].as_array().unwrap();
    let of = |customer: &Value| {
        let jobs = customer["jobs"].as_array().unwrap().clone();
        jobs.into_iter().find(|job| job["status"] == "ACTIVE")
    };
    let whose = customers
        .iter()
        .find_map(|customer| Some((customer["id"].clone(), of(customer)?["id"].clone())));
    let (customer, job) = whose.unwrap();
    let product = &data["products"]["nodes"][0]["id"];
    let input = json!({ "customerId": customer, "jobId": job,
        "warehouseId": data["warehouses"]["nodes"][0]["id"],
        "lines": [{ "productId": product, "quantity": { "value": "1" } }], "idempotencyKey": key() });
    let order = done(&dealer.client, "orderCreate", input).await;
    json!({ "order": order["id"], "line": order["lines"][0]["id"], "customer": customer })
}
