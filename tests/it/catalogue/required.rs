//! What a category requires is there, by whatever way a product comes into it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{mutate, only_error};
use crate::bulk;
use crate::support::{Client, Server, TestDealer};

const PRODUCT: &str = "product { id version category { code } attributes { code number }
    missingAttributes { code } }";

/// A dealer with tiles, which need a width, and sand, which needs nothing.
struct Shelf {
    server: Server,
    dealer: TestDealer,
    tiles: Value,
    sand: Value,
    width: Value,
}

impl Shelf {
    async fn open() -> Self {
        Self::open_on(Server::start().await).await
    }

    async fn open_on(server: Server) -> Self {
        let dealer = server.dealer().await;
        let mut categories = Vec::new();
        for code in ["TIL", "SND"] {
            let input = json!({ "code": code, "name": code });
            let select = "category { id }";
            let made = mutate(&dealer.client, "categoryCreate", select, input).await;
            categories.push(made["category"]["id"].clone());
        }
        let input = json!({ "categoryId": categories[0], "code": "width", "name": "Width",
            "kind": "NUMBER", "isRequired": true });
        let select = "attribute { id }";
        let made = mutate(&dealer.client, "attributeCreate", select, input).await;
        Self {
            width: made["attribute"]["id"].clone(),
            sand: categories.pop().unwrap(),
            tiles: categories.pop().unwrap(),
            server,
            dealer,
        }
    }

    fn client(&self) -> &Client {
        &self.dealer.client
    }

    /// That something is so wide.
    fn wide(&self, number: &str) -> Value {
        json!([{ "attributeId": self.width, "number": number }])
    }

    /// The payload of a product in a category.
    async fn create(&self, sku: &str, category: &Value, attributes: Value) -> Value {
        let mut input = self.dealer.product_input(sku).await;
        input["categoryId"] = category.clone();
        if !attributes.is_null() {
            input["attributes"] = attributes;
        }
        mutate(self.client(), "productCreate", PRODUCT, input).await
    }

    async fn update(&self, product: &Value, more: Value) -> Value {
        let mut input = json!({ "id": product["id"], "expectedVersion": product["version"] });
        for (field, value) in more.as_object().unwrap() {
            input[field] = value.clone();
        }
        mutate(self.client(), "productUpdate", PRODUCT, input).await
    }

    async fn has(&self, sku: &str) -> bool {
        let query = "query($sku: String) { product(sku: $sku) { id } }";
        let found = self.client().run(query, json!({ "sku": sku })).await;
        !found["product"].is_null()
    }
}

fn lacks(payload: &Value) -> bool {
    only_error(payload)
        == (
            "BAD_USER_INPUT".to_owned(),
            vec!["input".to_owned(), "attributes".to_owned()],
        )
}

#[tokio::test]
async fn a_new_product_has_what_its_category_requires() {
    let shelf = Shelf::open().await;
    let without = shelf.create("T-1", &shelf.tiles, Value::Null).await;
    assert!(lacks(&without), "{without:#}");
    assert!(!shelf.has("T-1").await);
    let made = shelf.create("T-1", &shelf.tiles, shelf.wide("60")).await;
    let expected = json!([{ "code": "width", "number": "60" }]);
    assert_eq!(made["product"]["attributes"], expected);
    assert_eq!(made["product"]["version"], 1);
    // Elsewhere nothing of it is asked for, nor can it be said.
    let sand = shelf.create("S-1", &shelf.sand, Value::Null).await;
    assert_eq!(sand["userErrors"], json!([]));
    let wide = shelf.create("S-2", &shelf.sand, shelf.wide("60")).await;
    let (code, path) = only_error(&wide);
    assert_eq!(code, "NOT_FOUND");
    assert_eq!(path, ["input", "attributes", "0", "attributeId"]);
    assert!(!shelf.has("S-2").await);
}

#[tokio::test]
async fn a_product_that_moves_brings_what_is_required() {
    let shelf = Shelf::open().await;
    let made = shelf.create("S-1", &shelf.sand, Value::Null).await;
    let product = &made["product"];
    let into = json!({ "categoryId": shelf.tiles });
    assert!(lacks(&shelf.update(product, into.clone()).await));
    let mut with = into.clone();
    with["attributes"] = shelf.wide("30");
    let moved = shelf.update(product, with).await["product"].clone();
    assert_eq!(
        (&moved["category"]["code"], &moved["missingAttributes"]),
        (&json!("TIL"), &json!([]))
    );
    // What it is can not be taken from it where it is, and goes with it.
    let nothing = json!({ "attributes": [{ "attributeId": shelf.width }] });
    assert!(lacks(&shelf.update(&moved, nothing).await));
    let out = json!({ "categoryId": null });
    let moved = shelf.update(&moved, out).await["product"].clone();
    let back = shelf.update(&moved, into).await;
    assert_eq!(back["userErrors"], json!([]), "{back:#}");
}

#[tokio::test]
async fn what_is_required_later_is_asked_for_later() {
    let shelf = Shelf::open().await;
    let made = shelf.create("S-1", &shelf.sand, Value::Null).await["product"].clone();
    let input = json!({ "categoryId": shelf.sand, "code": "grain", "name": "Grain",
        "kind": "NUMBER", "isRequired": true });
    let select = "attribute { id }";
    let grain = mutate(shelf.client(), "attributeCreate", select, input).await;
    assert_eq!(grain["userErrors"], json!([]));
    // Its price changes as before, also where a form sends the category along.
    let more = json!({ "listPrice": "11", "categoryId": shelf.sand });
    let made = shelf.update(&made, more).await;
    let missing = &made["product"]["missingAttributes"];
    assert_eq!(missing, &json!([{ "code": "grain" }]), "{made:#}");
    // Whoever says what it is says all of it.
    let product = &made["product"];
    assert!(lacks(
        &shelf.update(product, json!({ "attributes": [] })).await
    ));
    let values = json!([{ "attributeId": grain["attribute"]["id"], "number": "2" }]);
    let mended = shelf.update(product, json!({ "attributes": values })).await;
    assert_eq!(mended["product"]["missingAttributes"], json!([]));
    // The next one needs it.
    assert!(lacks(&shelf.create("S-2", &shelf.sand, Value::Null).await));
}

#[tokio::test]
async fn rows_of_many_stand_for_themselves() {
    let shelf = Shelf::open().await;
    shelf.create("OLD", &shelf.sand, Value::Null).await;
    let upsert = "mutation($input: ProductBulkUpsertInput!) { productBulkUpsert(input: $input) {
        results { outcome errors { code path } product { attributes { number } } } userErrors { code } } }";
    let tile = |sku: &str, attributes: Value| {
        let mut row = json!({ "sku": sku, "name": sku, "baseUnit": "bag", "listPrice": "2",
            "category": "TIL" });
        row["attributes"] = attributes;
        row
    };
    let rows = json!([
        tile("T-1", Value::Null),
        tile("T-2", shelf.wide("20")),
        { "sku": "OLD", "category": "TIL" },
        tile("T-3", json!([{ "attributeId": shelf.width, "text": "wide" }])),
        { "sku": "OLD-2", "name": "N", "baseUnit": "bag", "listPrice": "1", "category": "SND" },
    ]);
    let input = json!({ "input": { "rows": rows } });
    let data = shelf.client().run(upsert, input).await;
    let results = data["productBulkUpsert"]["results"].as_array().unwrap();
    let outcomes: Vec<&Value> = results.iter().map(|row| &row["outcome"]).collect();
    let expected = ["REFUSED", "CREATED", "REFUSED", "REFUSED", "CREATED"];
    assert_eq!(outcomes, expected, "{data:#}");
    let path = json!(["input", "rows", "2", "attributes"]);
    assert_eq!(results[2]["errors"][0]["path"], path);
    assert_eq!(results[1]["product"]["attributes"][0]["number"], "20");
    // What is said of one that is there counts as a change, and moves it.
    let row = json!({ "sku": "OLD", "category": "TIL", "attributes": shelf.wide("7") });
    let input = json!({ "input": { "rows": [row] } });
    let data = shelf.client().run(upsert, input).await;
    let result = &data["productBulkUpsert"]["results"][0];
    assert_eq!(result["outcome"], "UPDATED", "{data:#}");
    assert_eq!(result["product"]["attributes"][0]["number"], "7");
    // And what it is can be taken from it with its category.
    let nothing = json!([{ "attributeId": shelf.width }]);
    let row = json!({ "sku": "OLD", "category": "SND", "attributes": nothing });
    let input = json!({ "input": { "rows": [row] } });
    let data = shelf.client().run(upsert, input).await;
    let result = &data["productBulkUpsert"]["results"][0];
    assert_eq!(result["product"]["attributes"], json!([]), "{data:#}");
}

#[tokio::test]
async fn a_line_of_a_file_that_lacks_something_is_left_out() {
    let shelf = Shelf::open_on(bulk::server("required_attributes").await).await;
    let text = "sku,name,baseUnit,listPrice,category\nT-1,Tile,bag,2,TIL\nS-1,Sand,bag,2,SND\n";
    let worker = shelf.server.worker();
    let ended = bulk::taken(&shelf.dealer, "PRODUCTS", "goods.csv", text).await;
    assert_eq!(bulk::counts(&ended), [1, 0, 0, 1], "{ended:#}");
    let expected = json!([[2, "attributes", "BAD_USER_INPUT"]]);
    assert_eq!(bulk::faults(&ended), expected);
    assert!(shelf.has("S-1").await && !shelf.has("T-1").await);
    worker.stop(Duration::from_secs(5)).await;
}
