//! Quotes: written, sent, answered, revised, expired, and made orders of.

mod expiry;
mod flow;
mod once;
mod orders;
mod portal;
mod prices;
mod revisions;
mod rights;
mod statements;
mod states;

use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use crate::stock::{decimal, key};
use crate::support::payloads::{self, detail, refused, step};
use crate::support::{Client, Server, TestDealer};

const QUOTE: &str = "quote { id number revision state version allowedActions validUntil reference note
    answerReason salesperson sentAt answeredAt customer { id } job { id } warehouse { id }
    totals { net { amount } tax { amount } gross { amount } rates { rate net { amount } tax { amount } } }
    lines { id product { id } quantity { value inBase unit { code } } unitPrice { amount } priceUnit { code }
        priceSource priceReason discount net { amount } taxRate note } }";
const ORDER: &str = "order { id }";

/// The type of a mutation's input.
pub fn input_type(field: &str) -> &'static str {
    match field {
        "quoteCreate" => "QuoteCreateInput",
        "quoteUpdate" => "QuoteUpdateInput",
        "quoteAccept" => "QuoteAcceptInput",
        "quoteReject" => "QuoteRejectInput",
        "quoteRevise" => "QuoteReviseInput",
        "quoteToOrder" => "QuoteToOrderInput",
        _ => "QuoteStepInput",
    }
}

fn document(field: &str) -> String {
    let selection = if field == "quoteToOrder" {
        ORDER
    } else {
        QUOTE
    };
    payloads::document(field, input_type(field), selection)
}

/// Sends a mutation; gives its payload.
async fn mutate(client: &Client, field: &str, input: Value) -> Value {
    plain(payloads::payload(client, &document(field), input).await)
}

/// The same with decimals as short as they can be written.
fn plain(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let is_number = ["amount", "discount", "rate", "taxRate"].contains(&name.as_str());
                match inner.as_str() {
                    Some(text) if is_number => *inner = decimal(text).into(),
                    _ => *inner = plain(inner.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = plain(item.take())),
        _ => {}
    }
    value
}

/// Sends a mutation that must succeed; gives its record.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = mutate(client, field, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    let record = if field == "quoteToOrder" {
        "order"
    } else {
        "quote"
    };
    payload[record].clone()
}

/// The same, with something else in it.
fn step_with(quote: &Value, more: &[(&str, Value)]) -> Value {
    let mut input = step(quote);
    for (name, value) in more {
        input[*name] = value.clone();
    }
    input
}

fn line(product: &str, quantity: &str) -> Value {
    json!({ "productId": product, "quantity": { "value": quantity } })
}

/// A dealer in Hanoi with a customer, a job of it, a yard, and cement at 9.50 a bag.
struct Office {
    server: Server,
    dealer: TestDealer,
    client: Client,
    customer: String,
    job: String,
    warehouse: String,
    cement: String,
}

impl Office {
    /// At noon in Hanoi.
    async fn open() -> Self {
        Self::open_at(Clock::fixed("2026-11-20T05:00:00Z".parse().unwrap())).await
    }

    async fn open_at(clock: Clock) -> Self {
        let server = Server::start_at(clock, |_settings| {}).await;
        let dealer = server.dealer_in("USD", "Asia/Ho_Chi_Minh").await;
        let client = server.client_of(&dealer);
        let made = |data: Value, path: &str| -> String {
            let id = data.pointer(path).and_then(Value::as_str);
            id.unwrap_or_else(|| panic!("{data:#}")).to_owned()
        };
        let create = "mutation { customerCreate(input: { code: \"HOLT\", name: \"Holt\" }) { customer { id } } }";
        let customer = made(client.get(create).await, "/customerCreate/customer/id");
        let create =
            "mutation($input: JobCreateInput!) { jobCreate(input: $input) { job { id } } }";
        let input = json!({ "customerId": customer, "code": "MILL", "name": "Mill", "addressLine": "Mill St 1",
            "city": "Hanoi" });
        let data = client.run(create, json!({ "input": input })).await;
        let job = made(data, "/jobCreate/job/id");
        let create =
            "mutation { warehouseCreate(input: { code: \"NORTH\", name: \"North\", kind: YARD })
            { warehouse { id } } }";
        let warehouse = made(client.get(create).await, "/warehouseCreate/warehouse/id");
        let cement = dealer.add_product("CEM").await.id;
        Self {
            server,
            dealer,
            client,
            customer,
            job,
            warehouse,
            cement,
        }
    }

    async fn mutate(&self, field: &str, input: Value) -> Value {
        mutate(&self.client, field, input).await
    }

    async fn done(&self, field: &str, input: Value) -> Value {
        done(&self.client, field, input).await
    }

    /// The input of a quote up to the end of the month.
    fn input(&self, lines: &Value) -> Value {
        json!({ "customerId": self.customer, "validUntil": "2026-11-30", "lines": lines,
            "warehouseId": self.warehouse, "idempotencyKey": key() })
    }

    async fn draft(&self, lines: Value) -> Value {
        self.done("quoteCreate", self.input(&lines)).await
    }

    async fn sent(&self, lines: Value) -> Value {
        let draft = self.draft(lines).await;
        self.done("quoteSend", step(&draft)).await
    }

    async fn accepted(&self, lines: Value) -> Value {
        let sent = self.sent(lines).await;
        self.done("quoteAccept", step(&sent)).await
    }

    /// A quote of ten bags.
    async fn ten(&self) -> Value {
        self.sent(json!([line(&self.cement, "10")])).await
    }

    /// The quote as it is now.
    async fn quote(&self, quote: &Value) -> Value {
        self.read(&format!("id: {}", quote["id"])).await
    }

    /// The quote with these keys, if there is one.
    async fn read(&self, keys: &str) -> Value {
        let query = format!(
            "{{ {} }}",
            QUOTE.replacen("quote", &format!("quote({keys})"), 1)
        );
        plain(self.client.get(&query).await["quote"].clone())
    }

    /// Lets time pass; the same people go on with fresh tokens.
    fn wait_until(&mut self, at: &str) {
        self.server.clock.set(at.parse().unwrap());
        self.client = self.server.client_of(&self.dealer);
    }

    async fn told(&self) -> Vec<String> {
        crate::stock::told(&self.dealer, "quote").await
    }

    /// Puts a price in place of the product's.
    async fn reprice(&self, price: &str) {
        let query = "query($id: ID) { product(id: $id) { version } }";
        let data = self.client.run(query, json!({ "id": self.cement })).await;
        let input = json!({ "id": self.cement, "expectedVersion": data["product"]["version"], "listPrice": price });
        assert_eq!(self.dealer.try_update(input).await, Vec::<String>::new());
    }
}

/// A quote that was sent and one that became an order, so that there is something to see; gives
/// their ids and that of a draft.
pub async fn quote_some(dealer: &TestDealer) -> Value {
    let client = &dealer.client;
    let query = "{ products(first: 1, where: { kind: STOCK }) { nodes { id } } warehouses(first: 1) { nodes { id } }
        customers(first: 200) { nodes { id jobs { id status } } } }";
    let data = client.get(query).await;
    let customers = data["customers"]["nodes"].as_array().unwrap();
    let is_active = |job: &&Value| job["status"] == "ACTIVE";
    let found = customers.iter().find_map(|customer| {
        let job = customer["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .find(is_active)?;
        Some((customer["id"].clone(), job["id"].clone()))
    });
    let (customer, job) = found.expect("a customer with a job");
    let product = data["products"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let input = || {
        json!({ "customerId": customer, "jobId": job, "validUntil": "2999-12-31",
            "warehouseId": data["warehouses"]["nodes"][0]["id"], "lines": [line(&product, "5")],
            "idempotencyKey": key() })
    };
    let draft = done(client, "quoteCreate", input()).await;
    let sent = done(client, "quoteCreate", input()).await;
    let sent = done(client, "quoteSend", step(&sent)).await;
    let other = done(client, "quoteCreate", input()).await;
    let other = done(client, "quoteSend", step(&other)).await;
    let other = done(client, "quoteAccept", step(&other)).await;
    let order = done(client, "quoteToOrder", step(&other)).await;
    json!({ "draft": draft["id"], "sent": sent["id"], "converted": other["id"], "order": order["id"] })
}
