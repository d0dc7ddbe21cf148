//! Returns: asked for, answered, received and credited.

mod books;
mod credits;
mod flow;
mod lots;
mod once;
mod portal;
mod requests;
mod rights;
mod statements;
mod states;
mod together;

use serde_json::{Value, json};
use tubex::kernel::ids::CustomerId;

use crate::stock::{Yard, key};
use crate::support::{Client, TestDealer};

const RETURN: &str =
    "return { id number state version allowedActions reason answer approvedAt receivedAt
    order { id } customer { id } job { id } warehouse { id } creditNote { id }
    lines { id orderLine { id } product { id } quantity { value inBase unit { code } }
        resaleable { inBase } spoilt { inBase } restockingFee } }";

/// The type of a mutation's input.
pub fn input_type(field: &str) -> String {
    format!("{}{}Input", field[..1].to_uppercase(), &field[1..])
}

fn document(field: &str) -> String {
    format!(
        "mutation($input: {}!) {{ payload: {field}(input: $input) {{ {RETURN}
             userErrors {{ code message path details {{ name value }} }} }} }}",
        input_type(field)
    )
}

/// Sends a mutation; gives its payload.
async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    let data = client
        .run(&document(field), json!({ "input": input }))
        .await;
    data["payload"].clone()
}

/// Sends a mutation that must succeed; gives the return.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload["return"].clone()
}

/// Sends any mutation of the shop that must succeed; gives what is selected.
async fn shop(client: &Client, field: &str, (ty, selection): (&str, &str), input: Value) -> Value {
    let document = format!(
        "mutation($input: {ty}!) {{ payload: {field}(input: $input) {{ {selection}
             userErrors {{ code message path }} }} }}"
    );
    let data = client.run(&document, json!({ "input": input })).await;
    let payload = data["payload"].clone();
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload
}

/// Code and path of the only refusal.
fn refused(payload: &Value) -> (&str, String) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload:#}");
    let path = errors[0]["path"].as_array().unwrap().iter();
    let path: Vec<&str> = path.map(|part| part.as_str().unwrap()).collect();
    (errors[0]["code"].as_str().unwrap(), path.join("."))
}

/// The value of a detail of the only refusal.
fn detail<'a>(payload: &'a Value, name: &str) -> &'a Value {
    let details = payload["userErrors"][0]["details"].as_array().unwrap();
    let found = details.iter().find(|detail| detail["name"] == name);
    &found.unwrap_or_else(|| panic!("{name} in {payload:#}"))["value"]
}

/// The input of a step of a return.
fn step(found: &Value) -> Value {
    json!({ "id": found["id"], "expectedVersion": found["version"], "idempotencyKey": key() })
}

/// The same, with something else in it.
fn step_with(found: &Value, more: &[(&str, Value)]) -> Value {
    let mut input = step(found);
    for (name, value) in more {
        input[*name] = value.clone();
    }
    input
}

/// What came of a line of a return.
fn came(found: &Value, index: usize, (resaleable, spoilt): (&str, &str)) -> Value {
    json!({ "lineId": found["lines"][index]["id"], "resaleable": resaleable, "spoilt": spoilt })
}

/// A line of an order, at list price.
fn sold(product: &str, quantity: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity } })
}

/// A new customer who may owe a million; gives its id.
async fn trusted(client: &Client, code: &str) -> String {
    let selection = ("CustomerCreateInput", "customer { id }");
    let input = json!({ "code": code, "name": code });
    let made = shop(client, "customerCreate", selection, input).await;
    let id = made["customer"]["id"].as_str().unwrap();
    let input = json!({ "customerId": id, "expectedVersion": 1, "limit": "1000000", "reason": "a regular" });
    shop(client, "creditLimitSet", ("CreditLimitSetInput", ""), input).await;
    id.to_owned()
}

/// A dealer with a yard full of cement at 4.00 a bag, and a customer who buys it at 9.50.
struct Counter {
    yard: Yard,
    customer: String,
    cement: String,
}

impl Counter {
    async fn open() -> Self {
        let yard = Yard::open().await;
        let cement = yard.product("CEM").await;
        yard.put(&cement, "1000", "4").await;
        let customer = trusted(yard.client(), "HOLT").await;
        Self {
            yard,
            customer,
            cement,
        }
    }

    fn client(&self) -> &Client {
        self.yard.client()
    }

    async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(self.client(), field, input).await
    }

    async fn done(&self, field: &str, input: Value) -> Value {
        done(self.client(), field, input).await
    }

    /// An order of these lines that the customer has taken with him: its id, and those of its
    /// lines.
    async fn sold(&self, lines: Value) -> Value {
        let input = json!({ "customerId": self.customer, "warehouseId": self.yard.warehouses[0],
            "lines": lines, "isPickup": true, "idempotencyKey": key() });
        let order = "order { id version lines { id } }";
        let client = self.client();
        let made = shop(client, "orderCreate", ("OrderCreateInput", order), input).await;
        let input = json!({ "id": made["order"]["id"], "expectedVersion": made["order"]["version"],
            "idempotencyKey": key() });
        let made = shop(client, "orderConfirm", ("OrderStepInput", order), input).await;
        let input =
            json!({ "orderId": made["order"]["id"], "signer": "Mr Holt", "idempotencyKey": key() });
        shop(client, "deliveryPickup", ("DeliveryPickupInput", ""), input).await;
        made["order"].clone()
    }

    /// Ten bags that were taken.
    async fn ten(&self) -> Value {
        self.sold(json!([sold(&self.cement, "10")])).await
    }

    /// Bills what of an order is delivered; gives the invoice.
    async fn billed(&self, order: &Value) -> Value {
        let client = self.client();
        let invoice = "invoice { id version }";
        let input = json!({ "orderId": order["id"], "idempotencyKey": key() });
        let selection = ("InvoiceFromOrderInput", invoice);
        let draft = shop(client, "invoiceFromOrder", selection, input).await;
        let input = json!({ "id": draft["invoice"]["id"], "expectedVersion": draft["invoice"]["version"],
            "idempotencyKey": key() });
        let selection = ("InvoiceStepInput", invoice);
        let posted = shop(client, "invoicePost", selection, input).await;
        posted["invoice"].clone()
    }

    /// The input of a return of so much of the first line of an order.
    #[expect(
        clippy::unused_self,
        reason = "said of a counter, as all that is done there"
    )]
    fn input(&self, order: &Value, quantity: &str) -> Value {
        let line =
            json!({ "orderLineId": order["lines"][0]["id"], "quantity": { "value": quantity } });
        json!({ "orderId": order["id"], "reason": "too many", "lines": [line], "idempotencyKey": key() })
    }

    async fn requested(&self, order: &Value, quantity: &str) -> Value {
        self.done("returnRequest", self.input(order, quantity))
            .await
    }

    async fn approved(&self, order: &Value, quantity: &str) -> Value {
        let found = self.requested(order, quantity).await;
        self.done("returnApprove", step(&found)).await
    }

    async fn received(&self, order: &Value, quantity: &str) -> Value {
        let found = self.approved(order, quantity).await;
        self.done("returnReceive", step(&found)).await
    }

    /// The return as it is now.
    async fn found(&self, found: &Value) -> Value {
        let keys = format!("return(id: {})", found["id"]);
        let query = format!("{{ {} }}", RETURN.replacen("return", &keys, 1));
        self.client().get(&query).await["return"].clone()
    }

    /// What is owed by the customer.
    async fn owed(&self) -> String {
        let query =
            "query($id: ID!) { creditStatus(customerId: $id) { exposure { total { amount } } } }";
        let data = self
            .client()
            .run(query, json!({ "id": self.customer }))
            .await;
        let amount = &data["creditStatus"]["exposure"]["total"]["amount"];
        crate::stock::decimal(amount.as_str().unwrap_or_else(|| panic!("{data:#}")))
    }

    /// Delivered, invoiced and returned of a line of an order, as they are stored.
    async fn counted(&self, order: &Value, index: usize) -> [String; 3] {
        let line = order["lines"][index]["id"].as_str().unwrap();
        let id: tubex::dealer::orders::model::OrderLineId = line.parse().unwrap();
        let query = format!(
            "SELECT delivered::text, invoiced::text, returned::text FROM {}.order_lines WHERE id = '{}'",
            self.yard.dealer.schema,
            id.uuid()
        );
        let owner = crate::support::owner().await;
        let row = owner.query_one(&query, &[]).await.unwrap();
        std::array::from_fn(|column| crate::stock::decimal(row.get::<_, &str>(column)))
    }

    async fn contractor(&self) -> Client {
        let id: CustomerId = self.customer.parse().unwrap();
        let (server, dealer) = (&self.yard.server, &self.yard.dealer);
        server.contractor(dealer, id).await.client
    }

    async fn told(&self) -> Vec<String> {
        crate::stock::told(&self.yard.dealer, "return").await
    }
}

/// A return of goods that some customer took, so that there is something to see; gives the ids
/// of it and of its order.
pub async fn bring_back(dealer: &TestDealer) -> Value {
    let client = &dealer.client;
    let query = "{ stockLevels(first: 1, orderBy: [{ field: ON_HAND, direction: DESC }]) {
            nodes { product { id } warehouse { id } } } }";
    let data = client.get(query).await;
    let level = &data["stockLevels"]["nodes"][0];
    let product = level["product"]["id"].as_str().unwrap();
    let customer = trusted(client, "ZZ-BACK").await;
    let order = "order { id version lines { id } }";
    let input = json!({ "customerId": customer,
        "warehouseId": level["warehouse"]["id"], "lines": [sold(product, "5")], "isPickup": true,
        "idempotencyKey": key() });
    let made = shop(client, "orderCreate", ("OrderCreateInput", order), input).await;
    let input = json!({ "id": made["order"]["id"], "expectedVersion": made["order"]["version"],
        "idempotencyKey": key() });
    let made = shop(client, "orderConfirm", ("OrderStepInput", order), input).await;
    let order = &made["order"];
    let input = json!({ "orderId": order["id"], "signer": "S", "idempotencyKey": key() });
    shop(client, "deliveryPickup", ("DeliveryPickupInput", ""), input).await;
    let line = json!({ "orderLineId": order["lines"][0]["id"], "quantity": { "value": "2" } });
    let input = json!({ "orderId": order["id"], "reason": "too many", "lines": [line], "idempotencyKey": key() });
    let found = done(client, "returnRequest", input).await;
    json!({ "return": found["id"], "order": order["id"] })
}
