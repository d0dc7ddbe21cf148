//! People who send a change until it is answered, under one key.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::stage::Stage;
use crate::support::{Client, PASSWORD, owner_of};

const REGISTER: &str = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
    accessToken dealer { id } userErrors { message } } }";
const CREATE: &str = "mutation($input: ProductCreateInput!) { productCreate(input: $input) {
    product { id version } userErrors { code message } } }";
const UPDATE: &str = "mutation($input: ProductUpdateInput!) { productUpdate(input: $input) {
    product { id version } userErrors { code message } } }";

/// Longer than it takes PostgreSQL to come back; a test that waits this long fails.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long one try may take.
const TRY: Duration = Duration::from_secs(5);

/// A dealer, and what is needed to sell.
pub struct Shop {
    pub schema: String,
    pub token: String,
    /// The event behind which all is told.
    pub before: String,
    units: [String; 3],
}

impl Shop {
    pub async fn open(stage: &Stage, number: usize) -> Self {
        let input = json!({
            "name": format!("Shop {number}"), "currency": "EUR", "timezone": "UTC",
            "ownerName": "Owner", "ownerEmail": format!("owner{number}@test.example"),
            "ownerPassword": PASSWORD,
        });
        let nobody = Client::new(&stage.urls()[0], None);
        let data = nobody.run(REGISTER, json!({ "input": input })).await;
        let registered = &data["dealerRegister"];
        let token = registered["accessToken"].as_str().unwrap().to_owned();
        let client = nobody.with_token(&token);
        let data = client
            .get("{ lastEventId units(first: 3) { nodes { id } } }")
            .await;
        let before = data["lastEventId"].as_str().unwrap().to_owned();
        let unit = |at: usize| {
            data["units"]["nodes"][at]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let owner = owner_of(&stage.database).await;
        let schema = "SELECT schema_name FROM platform.dealers WHERE name = $1";
        let row = owner.query_one(schema, &[&format!("Shop {number}")]).await;
        Self {
            schema: row.unwrap().get(0),
            token,
            before,
            units: [unit(0), unit(1), unit(2)],
        }
    }
}

/// What was acknowledged to somebody.
#[derive(Default)]
pub struct Done {
    /// The version of each product that the last answer told of, by SKU.
    pub products: BTreeMap<String, i64>,
    /// How often something had to be sent again.
    pub again: usize,
}

/// Somebody at work.
pub struct Buyer {
    clients: [Client; 2],
    units: [String; 3],
    number: usize,
    sent: usize,
    done: Done,
}

impl Buyer {
    pub fn new(stage: &Stage, shop: &Shop, number: usize) -> Self {
        let token = Some(shop.token.clone());
        Self {
            clients: stage.urls().map(|url| Client::new(&url, token.clone())),
            units: shop.units.clone(),
            number,
            sent: 0,
            done: Done::default(),
        }
    }

    /// Makes a product with lines, changes it twice, and so on.
    pub async fn work(mut self, closing: Arc<AtomicBool>) -> Done {
        let mut count = 0;
        while !closing.load(Ordering::Relaxed) {
            count += 1;
            let sku = format!("P{}-{count}", self.number);
            let lines = self.units.iter().zip([1, 20, 40]);
            let lines: Vec<Value> = lines
                .map(|(unit, num)| json!({ "unitId": unit, "num": num, "den": 1 }))
                .collect();
            let input = json!({ "sku": sku, "name": sku, "listPrice": "9.5",
                "baseUnitId": self.units[0], "units": lines });
            let product = self.change("productCreate", CREATE, input).await;
            let id = product["id"].clone();
            self.note(&sku, &product);
            for name in ["second", "third"] {
                let version = self.done.products[&sku];
                let input = json!({ "id": id, "expectedVersion": version, "name": name });
                let product = self.change("productUpdate", UPDATE, input).await;
                self.note(&sku, &product);
            }
        }
        self.done
    }

    fn note(&mut self, sku: &str, product: &Value) {
        let version = product["version"].as_i64().unwrap();
        self.done.products.insert(sku.to_owned(), version);
    }

    /// Sends a change until somebody says that it is made.
    async fn change(&mut self, field: &str, mutation: &str, mut input: Value) -> Value {
        self.sent += 1;
        input["idempotencyKey"] = json!(format!("{}-{}", self.number, self.sent));
        let variables = json!({ "input": input });
        let deadline = Instant::now() + PATIENCE;
        let mut attempt = self.sent;
        loop {
            let client = &self.clients[attempt % 2];
            attempt += 1;
            let answer = timeout(TRY, client.try_send(mutation, variables.clone())).await;
            let answer = answer.ok().flatten().unwrap_or_default();
            let payload = &answer["data"][field];
            if payload["product"].is_object() {
                return payload["product"].clone();
            }
            // Refused is what nobody may be who sends the same again.
            assert!(payload.is_null(), "{variables} {payload}");
            assert!(Instant::now() < deadline, "{variables} {answer}");
            self.done.again += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
