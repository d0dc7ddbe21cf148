//! Attributes: defined by category, inherited down the tree, typed on products, filtered by.

use serde_json::{Value, json};

use super::{mutate, only_error};
use crate::support::{Client, Server, TestDealer};

const ATTRIBUTE: &str =
    "attribute { id code kind choices isRequired isFilterable version archivedAt
    category { code } unit { code } }";
const PRODUCT: &str = "product { id version attributes { code kind text number flag }
    missingAttributes { code } }";

/// A dealer with tiles, which are ceramics, and attributes of both.
struct Shelf {
    _server: Server,
    dealer: TestDealer,
    categories: [Value; 2],
    product: Value,
}

impl Shelf {
    async fn open() -> Self {
        let server = Server::start().await;
        let dealer = server.dealer().await;
        let client = &dealer.client;
        let select = "category { id }";
        let top = json!({ "code": "CER", "name": "Ceramics" });
        let top = mutate(client, "categoryCreate", select, top).await["category"]["id"].clone();
        let tiles = json!({ "code": "TIL", "name": "Tiles", "parentId": top });
        let tiles = mutate(client, "categoryCreate", select, tiles).await["category"]["id"].clone();
        let mut product = dealer.product_input("T-1").await;
        product["categoryId"] = tiles.clone();
        let made = mutate(client, "productCreate", "product { id }", product).await;
        Self {
            product: made["product"]["id"].clone(),
            _server: server,
            dealer,
            categories: [top, tiles],
        }
    }

    fn client(&self) -> &Client {
        &self.dealer.client
    }

    /// An attribute of one of the categories; gives its id.
    async fn attribute(&self, of: usize, code: &str, more: Value) -> Value {
        let mut input =
            json!({ "categoryId": self.categories[of], "code": code, "name": code.to_uppercase() });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        let payload = mutate(self.client(), "attributeCreate", ATTRIBUTE, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload["attribute"]["id"].clone()
    }

    async fn set(&self, version: i64, values: Value) -> Value {
        let input = json!({ "id": self.product, "expectedVersion": version, "values": values });
        mutate(self.client(), "productAttributesSet", PRODUCT, input).await
    }

    async fn filtered(&self, filters: Value) -> crate::support::Answer {
        let query = "query($where: ProductWhere) { products(where: $where) { nodes { sku } } }";
        let filter = json!({ "attributes": filters });
        self.client().send(query, json!({ "where": filter })).await
    }
}

fn skus(answer: &crate::support::Answer) -> Vec<&str> {
    let nodes = answer.body["data"]["products"]["nodes"].as_array();
    let nodes = nodes.unwrap_or_else(|| panic!("{:#}", answer.body));
    nodes
        .iter()
        .map(|node| node["sku"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn attributes_come_down_the_tree() {
    let shelf = Shelf::open().await;
    shelf
        .attribute(0, "origin", json!({ "kind": "TEXT" }))
        .await;
    let gloss = json!({ "kind": "CHOICE", "choices": ["matt", "glossy"] });
    shelf.attribute(1, "gloss", gloss).await;
    let query = "{ categories { nodes { code attributes { code choices category { code } } } } }";
    let data = shelf.client().get(query).await;
    let nodes = data["categories"]["nodes"].as_array().unwrap();
    assert_eq!(nodes[0]["attributes"].as_array().unwrap().len(), 1);
    let expected = json!([
        { "code": "gloss", "choices": ["matt", "glossy"], "category": { "code": "TIL" } },
        { "code": "origin", "choices": null, "category": { "code": "CER" } },
    ]);
    assert_eq!(nodes[1]["attributes"], expected);
}

#[tokio::test]
async fn wrong_definitions_are_refused_by_field() {
    let shelf = Shelf::open().await;
    let category = &shelf.categories[0];
    let bag = shelf.client().get("{ unit(code: \"bag\") { id } }").await["unit"]["id"].clone();
    let nowhere = format!("cat_{}", "0".repeat(32));
    for (input, code, field) in [
        (json!({ "kind": "CHOICE" }), "BAD_USER_INPUT", "choices"),
        (
            json!({ "kind": "CHOICE", "choices": [] }),
            "BAD_USER_INPUT",
            "choices",
        ),
        (
            json!({ "kind": "CHOICE", "choices": ["a", "a"] }),
            "BAD_USER_INPUT",
            "choices",
        ),
        (
            json!({ "kind": "TEXT", "choices": ["a"] }),
            "BAD_USER_INPUT",
            "choices",
        ),
        (
            json!({ "kind": "TEXT", "unitId": bag }),
            "BAD_USER_INPUT",
            "unitId",
        ),
        (
            json!({ "kind": "TEXT", "code": "a b" }),
            "BAD_USER_INPUT",
            "code",
        ),
        (
            json!({ "kind": "TEXT", "categoryId": nowhere }),
            "NOT_FOUND",
            "categoryId",
        ),
    ] {
        let mut all = json!({ "categoryId": category, "code": "x", "name": "X" });
        for (key, value) in input.as_object().unwrap() {
            all[key] = value.clone();
        }
        let payload = mutate(shelf.client(), "attributeCreate", ATTRIBUTE, all).await;
        let (told, path) = only_error(&payload);
        assert_eq!((told.as_str(), path[1].as_str()), (code, field), "{input}");
    }
    shelf.attribute(0, "x", json!({ "kind": "TEXT" })).await;
    let twin = json!({ "categoryId": category, "code": "x", "name": "X", "kind": "TEXT" });
    let payload = mutate(shelf.client(), "attributeCreate", ATTRIBUTE, twin).await;
    assert_eq!(only_error(&payload).0, "ALREADY_EXISTS");
}

#[tokio::test]
async fn values_are_of_the_kind_of_their_attributes() {
    let shelf = Shelf::open().await;
    let text = shelf
        .attribute(0, "origin", json!({ "kind": "TEXT" }))
        .await;
    let number = shelf
        .attribute(1, "width", json!({ "kind": "NUMBER" }))
        .await;
    let flag = shelf
        .attribute(1, "frost", json!({ "kind": "BOOLEAN" }))
        .await;
    let choice = json!({ "kind": "CHOICE", "choices": ["matt", "glossy"] });
    let choice = shelf.attribute(1, "gloss", choice).await;
    for (value, field) in [
        (
            json!({ "attributeId": text, "number": "1", "text": "a" }),
            "number",
        ),
        (
            json!({ "attributeId": number, "number": "1.0000001" }),
            "number",
        ),
        (
            json!({ "attributeId": flag, "flag": true, "text": "yes" }),
            "text",
        ),
        (json!({ "attributeId": choice, "text": "rough" }), "text"),
        (json!({ "attributeId": text, "text": "" }), "text"),
    ] {
        let payload = shelf.set(1, json!([value])).await;
        let (code, path) = only_error(&payload);
        assert_eq!(code, "BAD_USER_INPUT", "{payload:#}");
        assert_eq!(path, ["input", "values", "0", field], "{value}");
    }
    let payload = shelf
        .set(
            1,
            json!([
                { "attributeId": text, "text": "Vietnam" },
                { "attributeId": number, "number": "-60.50" },
                { "attributeId": flag, "flag": false },
                { "attributeId": choice, "text": "matt" },
            ]),
        )
        .await;
    let expected = json!([
        { "code": "frost", "kind": "BOOLEAN", "text": null, "number": null, "flag": false },
        { "code": "gloss", "kind": "CHOICE", "text": "matt", "number": null, "flag": null },
        { "code": "origin", "kind": "TEXT", "text": "Vietnam", "number": null, "flag": null },
        { "code": "width", "kind": "NUMBER", "text": null, "number": "-60.5", "flag": null },
    ]);
    assert_eq!(payload["product"]["attributes"], expected);
    assert_eq!(payload["product"]["version"], 2);
    let payload = shelf.set(2, json!([{ "attributeId": text }])).await;
    assert_eq!(
        payload["product"]["attributes"].as_array().unwrap().len(),
        3
    );
    let payload = shelf.set(2, json!([])).await;
    assert_eq!(only_error(&payload).0, "CONFLICT");
}

#[tokio::test]
async fn only_what_the_category_has_can_be_said_and_what_it_requires_must_be() {
    let shelf = Shelf::open().await;
    let other = json!({ "code": "STL", "name": "Steel" });
    let other = mutate(shelf.client(), "categoryCreate", "category { id }", other).await;
    let foreign = json!({ "categoryId": other["category"]["id"], "code": "grade", "name": "Grade", "kind": "TEXT" });
    let foreign = mutate(shelf.client(), "attributeCreate", ATTRIBUTE, foreign).await;
    let foreign = &foreign["attribute"]["id"];
    let payload = shelf
        .set(1, json!([{ "attributeId": foreign, "text": "B500" }]))
        .await;
    let expected = ["input", "values", "0", "attributeId"];
    assert_eq!(
        only_error(&payload),
        ("NOT_FOUND".into(), expected.map(str::to_owned).into())
    );

    let width = json!({ "kind": "NUMBER", "isRequired": true });
    let width = shelf.attribute(0, "width", width).await;
    let origin = shelf
        .attribute(0, "origin", json!({ "kind": "TEXT" }))
        .await;
    let query = "query($id: ID!) { product(id: $id) { missingAttributes { code } } }";
    let missing = shelf
        .client()
        .run(query, json!({ "id": shelf.product }))
        .await;
    assert_eq!(
        missing["product"]["missingAttributes"],
        json!([{ "code": "width" }])
    );
    let payload = shelf
        .set(1, json!([{ "attributeId": origin, "text": "Laos" }]))
        .await;
    let (code, path) = only_error(&payload);
    assert_eq!(
        (code.as_str(), path),
        ("BAD_USER_INPUT", vec!["input".to_owned(), "values".into()])
    );
    let payload = shelf
        .set(1, json!([{ "attributeId": width, "number": "60" }]))
        .await;
    assert_eq!(payload["product"]["missingAttributes"], json!([]));
    // Nor can it be cleared again.
    let payload = shelf.set(2, json!([{ "attributeId": width }])).await;
    assert_eq!(only_error(&payload).0, "BAD_USER_INPUT");
    // In a category without it, it can.
    let moved = json!({ "id": shelf.product, "expectedVersion": 2, "categoryId": null });
    mutate(shelf.client(), "productUpdate", PRODUCT, moved).await;
    let payload = shelf.set(3, json!([{ "attributeId": width }])).await;
    assert_eq!(payload["product"]["attributes"], json!([]));
}

#[tokio::test]
async fn a_choice_that_is_used_stays() {
    let shelf = Shelf::open().await;
    let gloss = json!({ "kind": "CHOICE", "choices": ["matt", "glossy"] });
    let gloss = shelf.attribute(1, "gloss", gloss).await;
    shelf
        .set(1, json!([{ "attributeId": gloss, "text": "matt" }]))
        .await;
    let update = |choices: Value, version: i64| json!({ "id": gloss, "expectedVersion": version, "choices": choices });
    let client = shelf.client();
    let payload = mutate(
        client,
        "attributeUpdate",
        ATTRIBUTE,
        update(json!(["glossy"]), 1),
    )
    .await;
    assert_eq!(
        only_error(&payload),
        ("NOT_ALLOWED".into(), vec!["input".into(), "choices".into()])
    );
    let wider = update(json!(["matt", "satin"]), 1);
    let payload = mutate(client, "attributeUpdate", ATTRIBUTE, wider).await;
    assert_eq!(payload["attribute"]["choices"], json!(["matt", "satin"]));
    let text = shelf
        .attribute(0, "origin", json!({ "kind": "TEXT" }))
        .await;
    let wrong = json!({ "id": text, "expectedVersion": 1, "choices": ["a"] });
    let payload = mutate(client, "attributeUpdate", ATTRIBUTE, wrong).await;
    assert_eq!(
        only_error(&payload),
        (
            "BAD_USER_INPUT".into(),
            vec!["input".into(), "choices".into()]
        )
    );
    let archive = json!({ "id": gloss, "expectedVersion": 2 });
    let payload = mutate(client, "attributeArchive", ATTRIBUTE, archive).await;
    assert!(payload["attribute"]["archivedAt"].is_string());
    let payload = shelf
        .set(2, json!([{ "attributeId": gloss, "text": "satin" }]))
        .await;
    assert_eq!(only_error(&payload).0, "NOT_FOUND");
    let told = crate::stock::told(&shelf.dealer, "attribute").await;
    let expected = [
        "attribute.created",
        "attribute.updated",
        "attribute.created",
        "attribute.archived",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn lists_are_filtered_by_what_products_are() {
    let shelf = Shelf::open().await;
    let f = |kind: &str| json!({ "kind": kind, "isFilterable": true });
    let width = shelf.attribute(0, "width", f("NUMBER")).await;
    let frost = shelf.attribute(0, "frost", f("BOOLEAN")).await;
    let origin = shelf.attribute(0, "origin", f("TEXT")).await;
    let secret = shelf.attribute(0, "glaze", json!({ "kind": "TEXT" })).await;
    let values = json!([
        { "attributeId": width, "number": "60" }, { "attributeId": frost, "flag": true },
        { "attributeId": origin, "text": "Laos" },
    ]);
    shelf.set(1, values).await;
    shelf.dealer.add_product("T-2").await;
    for (filters, found) in [
        (
            json!([{ "attributeId": width, "number": { "gte": "59.9", "lte": "60" } }]),
            true,
        ),
        (
            json!([{ "attributeId": width, "number": { "eq": "60.0" } }]),
            true,
        ),
        (
            json!([{ "attributeId": width, "number": { "gte": "60.1" } }]),
            false,
        ),
        (
            json!([{ "attributeId": frost, "flag": true }, { "attributeId": origin, "eq": "Laos" }]),
            true,
        ),
        (json!([{ "attributeId": frost, "flag": false }]), false),
        (
            json!([{ "attributeId": origin, "oneOf": ["Laos", "Vietnam"] }]),
            true,
        ),
        (json!([{ "attributeId": origin }]), true),
    ] {
        let answer = shelf.filtered(filters.clone()).await;
        let expected: &[&str] = if found { &["T-1"] } else { &[] };
        assert_eq!(skus(&answer), expected, "{filters}");
        // The attributes; the products.
        assert_eq!(answer.statements(), 2);
    }
    let nowhere = format!("atr_{}", "0".repeat(32));
    for (filters, code) in [
        (json!([{ "attributeId": secret, "eq": "a" }]), "NOT_ALLOWED"),
        (
            json!([{ "attributeId": width, "eq": "60" }]),
            "BAD_USER_INPUT",
        ),
        (
            json!([{ "attributeId": frost, "number": { "eq": "1" } }]),
            "BAD_USER_INPUT",
        ),
        (json!([{ "attributeId": nowhere }]), "NOT_FOUND"),
    ] {
        assert_eq!(shelf.filtered(filters).await.code(), code);
    }
    let query = "query($where: ProductWhere) { products(where: $where) { nodes { sku } } }";
    let nested =
        json!({ "where": { "OR": [{ "NOT": { "attributes": [{ "attributeId": secret }] } }] } });
    assert_eq!(
        shelf.client().send(query, nested).await.code(),
        "NOT_ALLOWED"
    );
    let query = "query($where: ProductWhere) { priceChangePreview(change: { percent: \"1\", where: $where }) { token } }";
    let direct = json!({ "where": { "attributes": [{ "attributeId": secret }] } });
    assert_eq!(
        shelf.client().send(query, direct).await.code(),
        "NOT_ALLOWED"
    );
}

#[tokio::test]
async fn attributes_and_barcodes_of_a_list_cost_one_statement_each() {
    let shelf = Shelf::open().await;
    let width = json!({ "kind": "NUMBER", "isRequired": true });
    let width = shelf.attribute(0, "width", width).await;
    shelf
        .set(1, json!([{ "attributeId": width, "number": "60" }]))
        .await;
    for number in 2..6 {
        shelf.dealer.add_product(&format!("T-{number}")).await;
    }
    let query = "{ products { nodes { sku attributes { code number } missingAttributes { code }
        units { barcodes barcode } } } }";
    let answer = shelf.client().send(query, json!({})).await;
    assert_eq!(
        answer.body["data"]["products"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    // Products; values; attributes of categories; units; barcodes.
    assert_eq!(answer.statements(), 5);
}
