//! Dealers, and what is asked of them: requests that are written beforehand.

use std::time::SystemTime;

use serde_json::{Value, json};
use tubex::app::Core;
use tubex::app::jobs::Workshop;
use tubex::config::DatabaseSettings;
use tubex::demo::data::DEALERS;
use tubex::demo::history::Plan;
use tubex::demo::{Grounds, open_many};
use tubex::kernel::clock::Clock;

use super::node::Node;

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken userErrors { message } } }";
const SHOP: &str = "{ customers(first: 1, where: { code: { eq: \"TPH\" } }) { nodes { id } }
    warehouses(first: 1) { nodes { id } } products(first: 5, where: { kind: STOCK }) { nodes { id } } }";
const READ: &str = "{ products(first: 20) { nodes { id sku name kind version } } }";
const ORDER: &str = "mutation($input: OrderCreateInput!) { orderCreate(input: $input) {
    order { number } userErrors { code path message } } }";
/// Where the key of an order is put: as long as each of them.
const KEY: &str = "0123456789abcdef";

/// What one dealer is asked.
pub struct Shop {
    read: Vec<u8>,
    change: Vec<u8>,
    key_at: usize,
}

/// A request on its way.
pub struct Asked {
    pub bytes: Vec<u8>,
    pub is_change: bool,
    /// Whether it is of the dealer in a flood.
    pub is_flood: bool,
}

/// Whom the next request is for, and what it is; the same in each run but for the keys.
pub struct Traffic {
    shops: Vec<Shop>,
    flood: usize,
    changes: usize,
    dice: u64,
    key: u64,
}

impl Traffic {
    /// So many percent of the first dealer, and so many changes.
    pub fn new(shops: Vec<Shop>, (flood, changes): (usize, usize)) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            shops,
            flood,
            changes,
            dice: 0x9E37_79B9_7F4A_7C15,
            key: u64::try_from(now.unwrap().as_nanos()).unwrap(),
        }
    }

    pub fn next(&mut self) -> Asked {
        let others = self.shops.len().saturating_sub(1);
        let is_flood = others == 0 || self.throw(100) < self.flood;
        let shop = if is_flood { 0 } else { 1 + self.throw(others) };
        let is_change = self.throw(100) < self.changes;
        let shop = &self.shops[shop];
        let mut bytes = if is_change {
            shop.change.clone()
        } else {
            shop.read.clone()
        };
        if is_change {
            self.key += 1;
            let key = format!("{:016x}", self.key);
            bytes[shop.key_at..shop.key_at + KEY.len()].copy_from_slice(key.as_bytes());
        }
        Asked {
            bytes,
            is_change,
            is_flood,
        }
    }

    /// From 0 to below `sides`.
    fn throw(&mut self, sides: usize) -> usize {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        usize::try_from(self.dice >> 33).unwrap() % sides.max(1)
    }
}

/// Host and port of the server.
pub fn address(node: &Node) -> String {
    let rest = node.url.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// A request as it goes over the line.
pub fn request(address: &str, token: &str, body: &str) -> Vec<u8> {
    let authorization = if token.is_empty() {
        String::new()
    } else {
        format!("authorization: Bearer {token}\r\n")
    };
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\n{authorization}content-type: application/json\r\n\
         accept: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Opens the dealers who are not there yet, and signs their owners in.
pub async fn open(
    settings: &DatabaseSettings,
    node: &Node,
    (dealers, lines): (usize, u64),
) -> Vec<Shop> {
    let core = Core::new(settings, 1, Clock::system()).unwrap();
    let workshop = Workshop::new(core, None).await.unwrap();
    let (core, parts) = (workshop.core(), workshop.parts());
    let grounds = Grounds {
        directory: parts.directory.clone(),
        tenants: parts.tenants.clone(),
    };
    let plan = Plan {
        months: 2,
        lines,
        seed: 1,
    };
    let mut shops = Vec::new();
    for turn in 1..=dealers {
        if sign_in(node, turn).await.is_none() {
            // All of the same kind, so that one costs what another does.
            let number = (turn - 1) * DEALERS.len();
            let opened = open_many(core, &grounds, number, plan).await.unwrap();
            eprintln!("{opened:?}");
        }
        let token = sign_in(node, turn).await.expect("an owner");
        shops.push(shop(node, &token).await);
    }
    shops
}

async fn sign_in(node: &Node, turn: usize) -> Option<String> {
    let email = format!("history{turn}.{}", DEALERS[0].owner_email);
    let input = json!({ "email": email, "password": DEALERS[0].owner_password });
    let data = send(node, "", (LOGIN, json!({ "input": input }))).await;
    data["login"]["accessToken"].as_str().map(str::to_owned)
}

async fn shop(node: &Node, token: &str) -> Shop {
    let shop = send(node, token, (SHOP, json!({}))).await;
    let products = shop["products"]["nodes"].as_array().unwrap();
    let lines = products
        .iter()
        .map(|product| json!({ "productId": product["id"], "quantity": { "value": "1" } }));
    let input = json!({ "customerId": shop["customers"]["nodes"][0]["id"],
        "warehouseId": shop["warehouses"]["nodes"][0]["id"],
        "lines": lines.collect::<Vec<_>>(), "idempotencyKey": KEY });
    let address = address(node);
    let read = json!({ "query": READ }).to_string();
    let change = json!({ "query": ORDER, "variables": { "input": input } }).to_string();
    let change = request(&address, token, &change);
    let mut places = change.windows(KEY.len());
    let key_at = places.position(|place| place == KEY.as_bytes()).unwrap();
    Shop {
        read: request(&address, token, &read),
        change,
        key_at,
    }
}

async fn send(node: &Node, token: &str, (query, variables): (&str, Value)) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let mut request = reqwest::Client::new().post(&node.url).json(&body);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}
