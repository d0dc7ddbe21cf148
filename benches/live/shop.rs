//! A dealer whose owner changes a product again and again.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use super::node::Node;

const REGISTER: &str = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
    accessToken userErrors { message } } }";
const CREATE: &str = "mutation($input: ProductCreateInput!) { productCreate(input: $input) {
    product { id version } userErrors { message } } }";
const UPDATE: &str = "mutation($input: ProductUpdateInput!) { productUpdate(input: $input) {
    product { version } userErrors { message } } }";

/// When a change was sent, and when its answer had been read.
#[derive(Debug)]
pub struct Moment {
    pub sent: Instant,
    pub answered: Instant,
}

/// Those of a shop, in order.
pub type Moments = Vec<Moment>;

pub struct Shop {
    pub number: usize,
    pub token: String,
    url: String,
    product: Value,
}

impl Shop {
    pub async fn open(node: &Node, number: usize) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let name = format!("{number}-{}", now.unwrap().as_nanos());
        let input = json!({ "name": name, "currency": "EUR", "timezone": "UTC", "ownerName": "Owner",
            "ownerEmail": format!("owner{name}@bench.example"),
            "ownerPassword": "measured twice, cut once" });
        let mut shop = Self {
            number,
            token: String::new(),
            url: node.url.clone(),
            product: Value::Null,
        };
        let http = reqwest::Client::new();
        let data = shop.send(&http, REGISTER, input).await;
        let token = data["dealerRegister"]["accessToken"].as_str();
        token.expect("a new dealer").clone_into(&mut shop.token);
        let query = json!({ "query": "{ units(first: 1) { nodes { id } } }" });
        let data = shop.post(&http, query).await;
        let input = json!({ "sku": "A", "name": "A", "listPrice": "1",
            "baseUnitId": data["units"]["nodes"][0]["id"] });
        let data = shop.send(&http, CREATE, input).await;
        shop.product = data["productCreate"]["product"]["id"].clone();
        shop
    }

    /// Makes so many changes, so far apart.
    pub async fn change(&self, count: usize, apart: Duration) -> Moments {
        let http = reqwest::Client::new();
        let query = json!({ "query": "query($id: ID!) { product(id: $id) { version } }",
            "variables": { "id": self.product } });
        let data = self.post(&http, query).await;
        let mut version = data["product"]["version"].as_i64().unwrap();
        let mut tick = tokio::time::interval(apart);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut moments = Vec::new();
        for number in 0..count {
            tick.tick().await;
            let input = json!({ "id": self.product, "expectedVersion": version,
                "name": number.to_string() });
            let sent = Instant::now();
            let data = self.send(&http, UPDATE, input).await;
            let answered = Instant::now();
            version = data["productUpdate"]["product"]["version"]
                .as_i64()
                .unwrap();
            moments.push(Moment { sent, answered });
        }
        moments
    }

    async fn send(&self, http: &reqwest::Client, query: &str, input: Value) -> Value {
        let body = json!({ "query": query, "variables": { "input": input } });
        self.post(http, body).await
    }

    async fn post(&self, http: &reqwest::Client, body: Value) -> Value {
        let mut request = http.post(&self.url).json(&body);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["data"].is_object(), "{answer}");
        answer["data"].clone()
    }
}
