//! What is asked, of ours and of the floor.

use std::collections::BTreeMap;

use bytes::Bytes;
use clap::ValueEnum;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use serde_json::{Value, json};
use uuid::Uuid;

use super::DEALER;
use super::shops::Shop;

/// Lines of an order that is made here.
pub const LINES: usize = 4;

/// What is measured.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A product by its id, eight fields.
    Product,
    /// Fifty products by name, eight fields of each.
    List,
    /// The latest 20 orders, their customers, their four lines, the products of these.
    Orders,
    /// Twenty products by name, whether there are more, and how many there are.
    Page,
    /// An order of four lines is written down.
    Create,
}

impl Operation {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product_by_id",
            Self::List => "list_50_by_8",
            Self::Orders => "orders_20_customer_lines_4_product",
            Self::Page => "page_with_total_count",
            Self::Create => "order_create_4_lines",
        }
    }

    const fn document(self) -> &'static str {
        match self {
            Self::Product => PRODUCT,
            Self::List => LIST,
            Self::Orders => ORDERS,
            Self::Page => PAGE,
            Self::Create => CREATE,
        }
    }
}

const PRODUCT: &str = "query Product($id: ID!) { product(id: $id) {
    id sku name kind description version updatedAt listPrice { amount currency } } }";
const LIST: &str = "query List { products(first: 50) { nodes {
    id sku name kind description version updatedAt listPrice { amount currency } } } }";
const ORDERS: &str = "query Orders { orders(first: 20) { nodes {
    id number state customer { id code name }
    lines { id quantity { value } net { amount currency } product { id sku name } } } } }";
const PAGE: &str = "query Page { products(first: 20) {
    totalCount nodes { id sku name } pageInfo { hasNextPage endCursor } } }";
const CREATE: &str = "mutation Create($input: OrderCreateInput!) { orderCreate(input: $input) {
    order { id number state } userErrors { code path message } } }";

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Floor,
    Ours,
}

/// At which shop, with which token, and which of this process's requests it is.
pub struct Turn<'a> {
    pub shop: &'a Shop,
    pub token: &'a str,
    pub number: usize,
}

/// A request that is ready to be sent to `authority`.
pub fn request(
    side: Side,
    operation: Operation,
    authority: &str,
    turn: &Turn<'_>,
) -> Request<Full<Bytes>> {
    match side {
        Side::Ours => ours(operation, authority, turn),
        Side::Floor => floor(operation, authority, turn),
    }
}

fn ours(operation: Operation, authority: &str, turn: &Turn<'_>) -> Request<Full<Bytes>> {
    let variables = match operation {
        Operation::Product => json!({ "id": turn.product(0) }),
        Operation::Create => json!({ "input": turn.input() }),
        Operation::List | Operation::Orders | Operation::Page => json!({}),
    };
    posted(authority, turn.token, operation.document(), &variables)
}

/// An operation as a dashboard sends it.
pub fn posted(
    authority: &str,
    token: &str,
    document: &str,
    variables: &Value,
) -> Request<Full<Bytes>> {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/graphql")
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {token}"));
    request.body(Full::new(body.into())).unwrap()
}

fn floor(operation: Operation, authority: &str, turn: &Turn<'_>) -> Request<Full<Bytes>> {
    let to = |path: &str| {
        Request::builder()
            .uri(path)
            .header(HOST, authority)
            .header(DEALER, turn.shop.schema.as_str())
    };
    let read = |path: &str| to(path).body(Full::default()).unwrap();
    match operation {
        Operation::Product => read(&format!("/product/{}", turn.product(0))),
        Operation::List => read("/products"),
        Operation::Orders => read("/orders"),
        Operation::Page => read("/page"),
        Operation::Create => {
            let lines: Vec<Value> = (0..LINES)
                .map(|line| json!({ "product": turn.product(line), "quantity": "1" }))
                .collect();
            let body = json!({ "customer": turn.customer(), "warehouse": turn.shop.warehouse,
                "lines": lines });
            let request = to("/orders")
                .method(Method::POST)
                .header(CONTENT_TYPE, "application/json");
            request.body(Full::new(body.to_string().into())).unwrap()
        }
    }
}

impl Turn<'_> {
    fn product(&self, line: usize) -> &str {
        let products = &self.shop.products;
        &products[(self.number * 7 + line) % products.len()]
    }

    fn customer(&self) -> &str {
        let customers = &self.shop.customers;
        &customers[self.number % customers.len()]
    }

    /// With a key, as a dashboard that may have to send it again.
    fn input(&self) -> Value {
        let lines: Vec<Value> = (0..LINES)
            .map(|line| json!({ "productId": self.product(line), "quantity": { "value": "1" } }))
            .collect();
        // Never one of a run before, whose answer would be given again.
        let key = Uuid::new_v4().to_string();
        json!({ "customerId": self.customer(), "warehouseId": self.shop.warehouse,
            "lines": lines, "idempotencyKey": key })
    }
}

/// Whether an answer says that something went wrong. A dealer's own texts hold no such words.
pub fn is_fault(body: &Bytes) -> bool {
    let text = std::str::from_utf8(body).unwrap();
    text.contains("\"errors\":") || text.contains("\"userErrors\":[{")
}

/// What has to be the same in both answers, whatever else stands around it.
const COMPARED: &[&str] = &[
    "id",
    "sku",
    "code",
    "name",
    "number",
    "kind",
    "description",
    "state",
    "version",
    "totalCount",
    "hasNextPage",
];

/// All values of these fields, in the order of the answer.
pub fn facts(answer: &Value) -> BTreeMap<&'static str, Vec<Value>> {
    let mut facts = BTreeMap::new();
    gather(answer, &mut facts);
    facts
}

fn gather(value: &Value, facts: &mut BTreeMap<&'static str, Vec<Value>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Some(name) = COMPARED.iter().copied().find(|known| known == name) {
                    facts.entry(name).or_default().push(value.clone());
                }
                gather(value, facts);
            }
        }
        Value::Array(items) => {
            for item in items {
                gather(item, facts);
            }
        }
        _ => {}
    }
}
