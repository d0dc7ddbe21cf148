//! All that can be done with stock, by many at once, with the same ten products.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{ADJUST, HOLD, RELEASE, Yard, key, line};

/// Who works at once, and how often.
const CLIENTS: usize = 64;
const ROUNDS: usize = 3;
/// The products they all want.
const PRODUCTS: usize = 10;

const STEPS: [&str; 3] = ["transferApprove", "transferDispatch", "transferReceive"];

#[tokio::test]
async fn sixty_four_reserve_issue_transfer_and_count_the_same_ten_products() {
    let yard = Arc::new(Yard::open().await);
    let mut products = Vec::new();
    for index in 0..PRODUCTS {
        let id = yard.product(&format!("P-{index}")).await;
        for place in 0..2 {
            let put = yard
                .adjust_in(place, json!([line(&id, "IN", "20", Some("4"))]))
                .await;
            assert_eq!(put["userErrors"], json!([]));
        }
        products.push(id);
    }
    let products: Arc<[String]> = products.into();
    let works = (0..CLIENTS).map(|who| {
        let clerk = Clerk {
            yard: Arc::clone(&yard),
            products: Arc::clone(&products),
            who,
        };
        tokio::spawn(clerk.work())
    });
    let mut codes: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for done in futures_util::future::join_all(works).await {
        for told in done.unwrap() {
            *codes.entry(told).or_insert(0) += 1;
        }
    }
    // A product is counted once at a time.
    let known = ["OK", "INSUFFICIENT_STOCK", "ALREADY_EXISTS", "NOT_ALLOWED"];
    assert!(
        codes.keys().all(|(_, code)| known.contains(&code.as_str())),
        "{codes:?}"
    );
    for deed in [
        "stockAdjust",
        "stockHold",
        "transferReceive",
        "stockCountPost",
    ] {
        assert!(
            codes.contains_key(&(deed, "OK".to_owned())),
            "{deed}: {codes:?}"
        );
    }
    yard.books_are_right().await;
    let query = "{ stockLevels(first: 200) { nodes { onHand { value } available { value } } } }";
    let levels = yard.client().get(query).await;
    for level in levels["stockLevels"]["nodes"].as_array().unwrap() {
        for amount in ["onHand", "available"] {
            let text = level[amount]["value"].as_str().unwrap();
            assert!(!text.starts_with('-'), "{level}");
        }
    }
}

/// What was done, and what became of it.
type Told = (&'static str, String);

struct Clerk {
    yard: Arc<Yard>,
    products: Arc<[String]>,
    who: usize,
}

impl Clerk {
    async fn work(self) -> Vec<Told> {
        let mut told = Vec::new();
        for round in 0..ROUNDS {
            match (self.who + round) % 4 {
                0 => self.issue(round, &mut told).await,
                1 => self.reserve(round, &mut told).await,
                2 => self.transfer(round, &mut told).await,
                _ => self.count(round, &mut told).await,
            }
        }
        told
    }

    /// One of the products, in an order of the clerk's own.
    fn product(&self, offset: usize) -> &str {
        &self.products[(self.who * 7 + offset * 3) % PRODUCTS]
    }

    async fn send(
        &self,
        told: &mut Vec<Told>,
        deed: &'static str,
        document: &str,
        input: Value,
    ) -> Value {
        let sent = json!({ "input": input });
        let answer = loop {
            let answer = self.yard.client().send(document, sent.clone()).await;
            // The share of one dealer is bounded: some are told to come again.
            if answer.code() != "OVERLOADED" {
                break answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let payload = answer.body["data"][deed].clone();
        let code = match payload["userErrors"][0]["code"].as_str() {
            Some(code) => code.to_owned(),
            None if payload.is_null() => answer.code().to_owned(),
            None => "OK".to_owned(),
        };
        told.push((deed, code));
        payload
    }

    async fn issue(&self, round: usize, told: &mut Vec<Told>) {
        let direction = if round == 0 { "OUT" } else { "IN" };
        let lines: Vec<_> = (0..3)
            .map(|offset| line(self.product(offset), direction, "3", None))
            .collect();
        let input = json!({ "warehouseId": self.yard.warehouses[self.who % 2], "reason": "OWN_USE",
            "lines": lines, "idempotencyKey": key() });
        self.send(told, "stockAdjust", ADJUST, input).await;
    }

    async fn reserve(&self, round: usize, told: &mut Vec<Told>) {
        let input = json!({ "productId": self.product(round), "warehouseId": self.yard.warehouses[0],
            "quantity": { "value": "4" }, "reason": "hold", "idempotencyKey": key() });
        let payload = self.send(told, "stockHold", HOLD, input).await;
        let held = &payload["stockReservation"];
        if self.who.is_multiple_of(2) && held["id"].is_string() {
            let input = json!({ "id": held["id"], "expectedVersion": held["version"] });
            self.send(told, "stockHoldRelease", RELEASE, input).await;
        }
    }

    async fn transfer(&self, round: usize, told: &mut Vec<Told>) {
        let (from, to) = (self.who % 2, 1 - self.who % 2);
        let lines: Vec<_> = (0..3)
            .map(|offset| json!({ "productId": self.product(offset + round), "quantity": { "value": "2" } }))
            .collect();
        let input = json!({ "fromId": self.yard.warehouses[from], "toId": self.yard.warehouses[to],
            "lines": lines, "idempotencyKey": key() });
        let create = "mutation($input: TransferCreateInput!) { transferCreate(input: $input) {
            transfer { id version } userErrors { code } } }";
        let mut payload = self.send(told, "transferCreate", create, input).await;
        for deed in STEPS {
            if payload["transfer"].is_null() {
                return;
            }
            let kind = if deed == "transferReceive" {
                "TransferReceiveInput"
            } else {
                "TransferStepInput"
            };
            let document = format!(
                "mutation($input: {kind}!) {{ {deed}(input: $input) {{ transfer {{ id version }} userErrors {{ code }} }} }}"
            );
            let input = json!({ "id": payload["transfer"]["id"], "idempotencyKey": key(),
                "expectedVersion": payload["transfer"]["version"] });
            payload = self.send(told, deed, &document, input).await;
        }
    }

    async fn count(&self, round: usize, told: &mut Vec<Told>) {
        let counted = [self.product(round), self.product(round + 1)];
        let input = json!({ "warehouseId": self.yard.warehouses[self.who % 2], "productIds": counted,
            "idempotencyKey": key() });
        let open = "mutation($input: StockCountOpenInput!) { stockCountOpen(input: $input) {
            stockCount { id version } userErrors { code } } }";
        let payload = self.send(told, "stockCountOpen", open, input).await;
        let id = payload["stockCount"]["id"].clone();
        if id.is_null() {
            return;
        }
        let found = |product: &str| json!({ "productId": product, "quantity": { "value": "15" } });
        let input = json!({ "id": id, "lines": counted.map(found), "idempotencyKey": key() });
        let record = "mutation($input: StockCountRecordInput!) { stockCountRecord(input: $input) {
            stockCount { id version } userErrors { code } } }";
        let recorded = self.send(told, "stockCountRecord", record, input).await;
        let version = if recorded["stockCount"].is_null() {
            payload["stockCount"]["version"].clone()
        } else {
            let version = recorded["stockCount"]["version"].clone();
            let input = json!({ "id": id, "expectedVersion": version, "idempotencyKey": key() });
            let post = "mutation($input: StockCountPostInput!) { stockCountPost(input: $input) {
                stockCount { id } userErrors { code } } }";
            let posted = self.send(told, "stockCountPost", post, input).await;
            if !posted["stockCount"].is_null() {
                return;
            }
            version
        };
        // So that others can count them.
        let input = json!({ "id": id, "expectedVersion": version });
        let cancel = "mutation($input: StockCountCancelInput!) { stockCountCancel(input: $input) {
            userErrors { code } } }";
        self.send(told, "stockCountCancel", cancel, input).await;
    }
}
