//! A customer's own people at the portal: what they order, who approves it, and what becomes of it.

mod answered;
mod people;
mod placed;
mod whole;

use serde_json::{Value, json};
use tubex::kernel::ids::CustomerId;

use crate::orders::Counter;
use crate::stock::{decimal, key};
use crate::support::{Client, Member};

/// What of an order its customer sees.
const ORDER: &str = "order { id number state version allowedActions salesperson instructions reference isPickup
    addressLine wantedOn customer { id } job { id }
    placement { placedBy approval answeredBy declineReason }
    totals { net { amount } gross { amount } }
    lines { id product { id } quantity { value } unitPrice { amount } priceSource net { amount } note } }";

fn document(field: &str) -> String {
    format!(
        "mutation($input: {}!) {{ payload: {field}(input: $input) {{ {ORDER}
             userErrors {{ code message path }} }} }}",
        crate::orders::input_type(field)
    )
}

/// Sends a mutation; gives its payload.
async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    let data = client
        .run(&document(field), json!({ "input": input }))
        .await;
    data["payload"].clone()
}

/// Sends a mutation that must succeed; gives its order.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload["order"].clone()
}

/// Code and path of the only refusal.
fn refused(payload: &Value) -> (&str, String) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload:#}");
    let path = errors[0]["path"].as_array().unwrap().iter();
    let path: Vec<&str> = path.map(|part| part.as_str().unwrap()).collect();
    (errors[0]["code"].as_str().unwrap(), path.join("."))
}

fn line(product: &str, quantity: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity } })
}

/// The input of an order of these.
fn placing(lines: &Value) -> Value {
    json!({ "lines": lines, "idempotencyKey": key() })
}

fn step(order: &Value) -> Value {
    json!({ "id": order["id"], "expectedVersion": order["version"], "idempotencyKey": key() })
}

/// The same, with a reason.
fn because(order: &Value, reason: &str) -> Value {
    let mut input = step(order);
    input["reason"] = json!(reason);
    input
}

/// A dealer with cement at 9.50 a bag, and a customer with people at the portal: a foreman who
/// orders up to 100, and the owner who approves all.
struct Portal {
    counter: Counter,
    cement: String,
    foreman: Member,
    owner: Member,
}

impl Portal {
    async fn open() -> Self {
        let counter = Counter::open().await;
        let cement = counter.stocked("CEM", "1000").await;
        let foreman = person(&counter, json!({ "name": "Foreman", "orderLimit": "100" })).await;
        let owner = person(&counter, json!({ "name": "Owner", "approvesOrders": true })).await;
        Self {
            counter,
            cement,
            foreman,
            owner,
        }
    }

    /// An order of so many bags by the foreman.
    async fn placed(&self, bags: &str) -> Value {
        let input = placing(&json!([line(&self.cement, bags)]));
        done(&self.foreman.client, "orderPlace", input).await
    }

    /// The order as somebody sees it.
    async fn seen(&self, client: &Client, order: &Value) -> Value {
        let query = format!(
            "query($id: ID) {{ {} }}",
            ORDER.replacen("order ", "order(id: $id) ", 1)
        );
        let data = client.run(&query, json!({ "id": order["id"] })).await;
        data["order"].clone()
    }
}

/// Somebody more of the customer's people, who is this contact.
async fn person(counter: &Counter, contact: Value) -> Member {
    let id: CustomerId = counter.customer.parse().unwrap();
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let member = server.contractor(dealer, id).await;
    let payload = known(counter, &member, contact).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    member
}

/// The payload of a contact that is this member.
async fn known(counter: &Counter, member: &Member, mut contact: Value) -> Value {
    contact["customerId"] = json!(counter.customer);
    contact["userId"] = json!(member.user.to_string());
    let add = "mutation($input: ContactAddInput!) { contactAdd(input: $input) {
        contact { id version userId orderLimit { amount } approvesOrders } userErrors { code path } } }";
    let data = counter.client().run(add, json!({ "input": contact })).await;
    data["contactAdd"].clone()
}

/// The text of a decimal at a pointer, as short as it can be written.
fn number(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    decimal(found.unwrap_or_else(|| panic!("{pointer} in {value:#}")))
}
