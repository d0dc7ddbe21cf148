//! Invoices and credit notes: what they come to, who writes them, and that nobody changes them.

mod credits;
mod drafts;
mod exact;
mod flow;
mod kept;
mod live;
mod numbers;
mod paper;
pub mod reader;
mod rights;
mod statements;

use serde_json::{Value, json};

use crate::stock::{Yard, key};
use crate::support::payloads::{self, number, refused, step};
use crate::support::{Answer, Client, Server, TestDealer};

const INVOICE: &str = "id kind number state version allowedActions reference reason note issuedOn dueOn
    billTo { name taxId city } job { id } net { amount currency } tax { amount } gross { amount }
    open { amount } paymentStatus taxes { rate net { amount } tax { amount } }
    lines { id description quantity { value inBase } unitPrice { amount } discount net { amount }
        taxRate tax { amount } credited { value } creditedNet { amount } isBilledAgain orderLine { id }
        deliveryLineId credits { id } }
    credits { id } creditNotes { id number } entry { id amount { amount } open { amount } reference }";
const ORDER: &str = "id version state billing fulfilment
    totals { net { amount } tax { amount } } lines { id }";

/// What a mutation of this area answers, apart from its refusals.
fn selection(field: &str) -> String {
    match field {
        "invoiceFromDeliveries" => format!("invoices {{ {INVOICE} }}"),
        "orderCreate" | "orderConfirm" => format!("order {{ {ORDER} }}"),
        "deliveryPickup" => "delivery { id }".to_owned(),
        "customerCreate" => "customer { id version }".to_owned(),
        "creditLimitSet" => "creditStatus { daysOverdue }".to_owned(),
        "taxClassCreate" => "taxClass { id }".to_owned(),
        "taxRateSet" => "taxRate { id }".to_owned(),
        "productPricingSet" => "product { id }".to_owned(),
        "jobCreate" => "job { id }".to_owned(),
        _ => format!("invoice {{ {INVOICE} }}"),
    }
}

/// The type of a mutation's input.
pub fn input_type(field: &str) -> String {
    match field {
        "invoiceDiscard" | "invoicePost" => "InvoiceStepInput".to_owned(),
        "orderConfirm" => "OrderStepInput".to_owned(),
        _ => payloads::own_input(field),
    }
}

fn document(field: &str) -> String {
    payloads::document(field, &input_type(field), &selection(field))
}

/// Sends a mutation until there is room for it.
async fn send(client: &Client, field: &str, input: &Value) -> Answer {
    loop {
        let answer = client
            .send(&document(field), json!({ "input": input }))
            .await;
        if answer.code() != "OVERLOADED" {
            assert!(
                answer.body.get("errors").is_none(),
                "{field}: {:#}",
                answer.body
            );
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Sends a mutation; gives its payload.
async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    send(client, field, &input).await.body["data"]["payload"].clone()
}

/// Sends a mutation that must succeed; gives its record.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    payloads::record(field, &selection(field), &payload)
}

/// Net and tax of an invoice, or of the totals of an order.
fn sums(value: &Value) -> [String; 2] {
    ["/net/amount", "/tax/amount"].map(|pointer| number(value, pointer))
}

/// So many of the unit of a product, at a price.
fn line(product: &str, quantity: &str, price: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity }, "unitPrice": price,
        "priceReason": "as agreed" })
}

/// A dealer with a full yard and a customer who may owe much.
pub struct Desk {
    pub yard: Yard,
    pub customer: String,
}

impl Desk {
    async fn open() -> Self {
        let yard = Yard::open().await;
        let customer = customer(yard.client(), "BLD", "1000000").await;
        Self { yard, customer }
    }

    /// The same, where the dealer counts in another currency.
    async fn open_in(currency: &str, timezone: &str) -> Self {
        let server = Server::start().await;
        let dealer = server.dealer_in(currency, timezone).await;
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
        let customer = customer(&dealer.client, "BLD", "100000000000").await;
        let warehouses = warehouses.try_into().unwrap();
        let yard = Yard {
            server,
            dealer,
            warehouses,
        };
        Self { yard, customer }
    }

    fn client(&self) -> &Client {
        self.yard.client()
    }

    fn dealer(&self) -> &TestDealer {
        &self.yard.dealer
    }

    async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(self.client(), field, input).await
    }

    async fn done(&self, field: &str, input: Value) -> Value {
        done(self.client(), field, input).await
    }

    /// Goods by the kilogram, with much of them in the first yard.
    async fn goods(&self, sku: &str) -> String {
        let id = self.yard.measured(sku, "kg", &[]).await;
        self.yard.put(&id, "100000", "1").await;
        id
    }

    /// The same, taxed at a rate.
    async fn taxed(&self, sku: &str, rate: &str) -> String {
        let id = self.goods(sku).await;
        let input = json!({ "code": format!("T{sku}"), "name": sku });
        let class = self.done("taxClassCreate", input).await;
        let input = json!({ "taxClassId": class["id"], "rate": rate, "validFrom": "2020-01-01" });
        self.done("taxRateSet", input).await;
        let input = json!({ "id": id, "expectedVersion": 1, "taxClassId": class["id"] });
        self.done("productPricingSet", input).await;
        id
    }

    /// The input of an order of the customer.
    fn order_input(&self, lines: &Value) -> Value {
        json!({ "customerId": self.customer, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "isPickup": true, "idempotencyKey": key() })
    }

    /// An order that is confirmed.
    async fn ordered(&self, lines: Value) -> Value {
        self.confirmed(self.order_input(&lines)).await
    }

    async fn confirmed(&self, input: Value) -> Value {
        let draft = self.done("orderCreate", input).await;
        self.done("orderConfirm", step(&draft)).await
    }

    /// Hands goods of an order over; gives the id of the delivery.
    async fn pick_up(&self, order: &Value, lines: &[(usize, &str)]) -> Value {
        let lines = lines.iter().map(|(index, quantity)| {
            json!({ "orderLineId": order["lines"][index]["id"], "quantity": { "value": quantity } })
        });
        let lines: Vec<Value> = lines.collect();
        let mut input = json!({ "orderId": order["id"], "signer": "Joe", "idempotencyKey": key() });
        if !lines.is_empty() {
            input["lines"] = json!(lines);
        }
        self.done("deliveryPickup", input).await["id"].clone()
    }

    /// Drafts of deliveries.
    async fn drafts(&self, deliveries: &[Value]) -> Vec<Value> {
        let input = json!({ "deliveryIds": deliveries, "idempotencyKey": key() });
        let made = self.done("invoiceFromDeliveries", input).await;
        made.as_array().unwrap().clone()
    }

    /// The payload of a draft of an order.
    async fn draft_of(&self, order: &Value, basis: &str) -> Value {
        let input = json!({ "orderId": order["id"], "basis": basis, "idempotencyKey": key() });
        self.mutate("invoiceFromOrder", input).await
    }

    async fn post(&self, draft: &Value) -> Value {
        self.done("invoicePost", step(draft)).await
    }

    /// An invoice of all of an order at once.
    async fn billed(&self, lines: Value) -> Value {
        let order = self.ordered(lines).await;
        let draft = self.draft_of(&order, "ORDERED").await;
        assert_eq!(draft["userErrors"], json!([]), "{draft:#}");
        self.post(&draft["invoice"]).await
    }

    async fn credit(&self, invoice: &Value, more: Value) -> Value {
        let mut input = json!({ "invoiceId": invoice["id"], "reason": "it was wrong",
            "idempotencyKey": key() });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        self.mutate("creditNoteCreate", input).await
    }

    /// An invoice as it is now.
    async fn invoice(&self, id: &Value) -> Value {
        let query = format!("query($id: ID) {{ invoice(id: $id) {{ {INVOICE} }} }}");
        let data = self.client().run(&query, json!({ "id": id })).await;
        data["invoice"].clone()
    }

    /// An order as it is now.
    async fn order(&self, order: &Value) -> Value {
        let query = format!("query($id: ID) {{ order(id: $id) {{ {ORDER} }} }}");
        let data = self
            .client()
            .run(&query, json!({ "id": order["id"] }))
            .await;
        data["order"].clone()
    }

    async fn told(&self, entity: &str) -> Vec<String> {
        crate::stock::told(&self.yard.dealer, entity).await
    }
}

/// A new customer with a limit, who is asked at no step; gives its id.
pub async fn customer(client: &Client, code: &str, limit: &str) -> String {
    let input = json!({ "code": code, "name": format!("Builder {code}"), "termsDays": 30 });
    let id = trusted(client, input, limit).await;
    id.as_str().unwrap().to_owned()
}

async fn trusted(client: &Client, input: Value, limit: &str) -> Value {
    let made = done(client, "customerCreate", input).await;
    let input = json!({ "customerId": made["id"], "expectedVersion": made["version"],
        "limit": limit, "creditCheck": "NONE", "reason": "as agreed" });
    done(client, "creditLimitSet", input).await;
    made["id"].clone()
}

/// Bills a new customer at a dealer with nothing yet; gives the posted invoice, and the customer.
pub async fn bill_at(client: &Client, email: Option<&str>) -> (Value, Value) {
    let made = client
        .get(
            "mutation {
                warehouse: warehouseCreate(input: { code: \"ZZ-MAIL\", name: \"Yard\", kind: YARD }) { warehouse { id } }
                unit: unitCreate(input: { code: \"zz-stack\", name: \"Stack\", dimension: COUNT, scale: 0 }) { unit { id } }
            }",
        )
        .await;
    let create = "mutation($input: ProductCreateInput!) { productCreate(input: $input) {
        product { id } userErrors { code message } } }";
    let input = json!({ "sku": "ZZ-BRICK", "name": "Bricks, red", "listPrice": "1",
        "baseUnitId": made["unit"]["unit"]["id"] });
    let data = client.run(create, json!({ "input": input })).await;
    let product = data["productCreate"]["product"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{data:#}"));
    let input = json!({ "code": "ZZ-MAILED", "name": "Moor <b>Homes</b>", "email": email });
    let customer = trusted(client, input, "1000000").await;
    let mut lines = line(product, "2", "1250");
    lines["sourcing"] = json!("SPECIAL");
    let input = json!({ "customerId": customer, "warehouseId": made["warehouse"]["warehouse"]["id"],
        "lines": [lines], "idempotencyKey": key() });
    let order = done(client, "orderCreate", input).await;
    let order = done(client, "orderConfirm", step(&order)).await;
    let input = json!({ "orderId": order["id"], "basis": "ORDERED", "idempotencyKey": key() });
    let draft = done(client, "invoiceFromOrder", input).await;
    let posted = done(client, "invoicePost", step(&draft)).await;
    (posted, customer)
}

/// Some of everything, so that there is something to see: a draft, a posted invoice and a credit
/// note for some of it. Gives their ids.
pub async fn bill_some(dealer: &TestDealer) -> Value {
    let client = &dealer.client;
    let query = "{ products(first: 1, where: { kind: STOCK }) { nodes { id } }
        warehouses(first: 1) { nodes { id } } }";
    let data = client.get(query).await;
    let customer = customer(client, "ZZ-BILLED", "1000000").await;
    let product = data["products"]["nodes"][0]["id"].as_str().unwrap();
    let mut drafts = Vec::new();
    for _ in 0..2 {
        let mut lines = line(product, "2", "10");
        lines["sourcing"] = json!("SPECIAL");
        let input = json!({ "customerId": customer, "warehouseId": data["warehouses"]["nodes"][0]["id"],
            "lines": [lines], "idempotencyKey": key() });
        let order = done(client, "orderCreate", input).await;
        let order = done(client, "orderConfirm", step(&order)).await;
        let input = json!({ "orderId": order["id"], "basis": "ORDERED", "idempotencyKey": key() });
        drafts.push(done(client, "invoiceFromOrder", input).await);
    }
    let posted = done(client, "invoicePost", step(&drafts[0])).await;
    let lines = json!([{ "lineId": posted["lines"][0]["id"], "quantity": "1" }]);
    let input = json!({ "invoiceId": posted["id"], "reason": "it was wrong", "lines": lines,
        "idempotencyKey": key() });
    let note = done(client, "creditNoteCreate", input).await;
    json!({ "invoice": posted["id"], "draft": drafts[1]["id"], "note": note["id"], "customer": customer })
}
