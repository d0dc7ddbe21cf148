//! The category tree: moves without circles, deleting what is not used, the way to the top.

use serde_json::{Value, json};

use super::{mutate, only_error};
use crate::support::{Client, Server, TestDealer};

const CATEGORY: &str = "category { id code version parent { code } path }";

async fn make(client: &Client, code: &str, parent: Option<&Value>) -> Value {
    let input = json!({ "code": code, "name": format!("Name {code}"), "parentId": parent });
    let payload = mutate(client, "categoryCreate", CATEGORY, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload["category"]["id"].clone()
}

async fn relocate(client: &Client, id: &Value, version: i64, parent: Option<&Value>) -> Value {
    let input = json!({ "id": id, "expectedVersion": version, "parentId": parent });
    mutate(client, "categoryMove", CATEGORY, input).await
}

async fn delete(client: &Client, id: &Value) -> Value {
    let input = json!({ "id": id, "expectedVersion": 1 });
    mutate(client, "categoryDelete", "category { id code }", input).await
}

async fn yard() -> (Server, TestDealer) {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    (server, dealer)
}

#[tokio::test]
async fn a_category_moves_with_all_below_it() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let (a, b) = (make(client, "A", None).await, make(client, "B", None).await);
    let below = make(client, "A1", Some(&a)).await;
    let moved = relocate(client, &a, 1, Some(&b)).await;
    assert_eq!(moved["category"]["parent"]["code"], "B");
    assert_eq!(moved["category"]["version"], 2);
    let query = "query($id: ID!) { node(id: $id) { ... on Category { path ancestors { code } } } }";
    let found = client.run(query, json!({ "id": below })).await;
    assert_eq!(
        found["node"]["path"],
        json!(["Name B", "Name A", "Name A1"])
    );
    assert_eq!(
        found["node"]["ancestors"],
        json!([{ "code": "B" }, { "code": "A" }])
    );
    let back = relocate(client, &a, 2, None).await;
    assert_eq!(back["category"]["parent"], Value::Null);
}

#[tokio::test]
async fn what_can_not_be_moved_is_refused_by_field() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let a = make(client, "A", None).await;
    let below = make(client, "A1", Some(&a)).await;
    for parent in [&a, &below] {
        let payload = relocate(client, &a, 1, Some(parent)).await;
        let expected = (
            "NOT_ALLOWED".to_owned(),
            vec!["input".into(), "parentId".into()],
        );
        assert_eq!(only_error(&payload), expected);
    }
    let nowhere = json!(format!("cat_{}", "0".repeat(32)));
    let payload = relocate(client, &a, 1, Some(&nowhere)).await;
    assert_eq!(only_error(&payload).0, "NOT_FOUND");
    let payload = relocate(client, &nowhere, 1, None).await;
    assert_eq!(only_error(&payload).0, "NOT_FOUND");
    let payload = relocate(client, &a, 7, None).await;
    assert_eq!(only_error(&payload).0, "CONFLICT");
}

#[tokio::test]
async fn nothing_comes_into_an_archived_category() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let (a, b) = (make(client, "A", None).await, make(client, "B", None).await);
    let below = make(client, "A1", Some(&a)).await;
    let mut inside = dealer.product_input("IN").await;
    inside["categoryId"] = a.clone();
    let inside = mutate(client, "productCreate", "product { id }", inside).await;
    let outside = dealer.add_product("OUT").await;
    let input = json!({ "id": a, "expectedVersion": 1 });
    let archived = mutate(client, "categoryArchive", CATEGORY, input).await;
    assert_eq!(archived["userErrors"], json!([]), "{archived:#}");
    let mut product = dealer.product_input("NEW").await;
    product["categoryId"] = a.clone();
    for (field, input, path) in [
        (
            "categoryMove",
            json!({ "id": b, "expectedVersion": 1, "parentId": a }),
            "parentId",
        ),
        (
            "categoryUpdate",
            json!({ "id": b, "expectedVersion": 1, "parentId": a }),
            "parentId",
        ),
        (
            "categoryCreate",
            json!({ "code": "A2", "name": "A2", "parentId": a }),
            "parentId",
        ),
        ("productCreate", product, "categoryId"),
        (
            "productUpdate",
            json!({ "id": outside.id, "expectedVersion": 1, "categoryId": a }),
            "categoryId",
        ),
    ] {
        let said = only_error(&mutate(client, field, "", input).await);
        let wanted = (
            "NOT_ALLOWED".to_owned(),
            vec!["input".into(), path.to_owned()],
        );
        assert_eq!(said, wanted, "{field}");
    }
    let query =
        "mutation($rows: [ProductUpsertRow!]!) { productBulkUpsert(input: { rows: $rows }) {
        results { outcome errors { code path } } } }";
    let rows =
        json!([{ "sku": "OUT", "category": "A" }, { "sku": "IN", "category": "A", "name": "In" }]);
    let done = client.run(query, json!({ "rows": rows })).await;
    let results = &done["productBulkUpsert"]["results"];
    assert_eq!(results[0]["errors"][0]["code"], "NOT_ALLOWED", "{done:#}");
    assert_eq!(results[1]["outcome"], "UPDATED", "{done:#}");
    // What is there stays, and can be changed.
    let input = json!({ "id": inside["product"]["id"], "expectedVersion": 2, "categoryId": a, "name": "Inside" });
    let changed = mutate(client, "productUpdate", "product { name }", input).await;
    assert_eq!(changed["product"]["name"], "Inside", "{changed:#}");
    let input = json!({ "id": below, "expectedVersion": 1, "parentId": a, "name": "Below" });
    let changed = mutate(client, "categoryUpdate", CATEGORY, input).await;
    assert_eq!(changed["category"]["version"], 2, "{changed:#}");
}

#[tokio::test]
async fn the_tree_has_at_most_twenty_levels() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let mut last = make(client, "L1", None).await;
    for level in 2..=20 {
        last = make(client, &format!("L{level}"), Some(&last)).await;
    }
    let input = json!({ "code": "L21", "name": "Too deep", "parentId": last });
    let payload = mutate(client, "categoryCreate", CATEGORY, input).await;
    assert_eq!(only_error(&payload).1, ["input", "parentId"]);
    let other = make(client, "M1", None).await;
    let payload = relocate(client, &other, 1, Some(&last)).await;
    assert_eq!(only_error(&payload).1, ["input", "parentId"]);
}

/// A below B, and B below A, at once and again and again: one of the two at most.
#[tokio::test]
async fn two_moves_at_once_close_no_circle() {
    let (server, dealer) = yard().await;
    let (one, other) = (server.client_of(&dealer), server.client_of(&dealer));
    for round in 0..8 {
        let a = make(&one, &format!("A{round}"), None).await;
        let b = make(&one, &format!("B{round}"), None).await;
        let (first, second) = tokio::join!(
            relocate(&one, &a, 1, Some(&b)),
            relocate(&other, &b, 1, Some(&a)),
        );
        let done = [&first, &second];
        let done = done
            .iter()
            .filter(|payload| payload["category"].is_object());
        assert_eq!(done.count(), 1, "{first:#} {second:#}");
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Category { path } } }";
        let found = one.run(query, json!({ "ids": [a, b] })).await;
        let nodes = found["nodes"].as_array().unwrap();
        let mut depths: Vec<_> = nodes
            .iter()
            .map(|node| node["path"].as_array().unwrap().len())
            .collect();
        depths.sort_unstable();
        assert_eq!(depths, [1, 2]);
    }
}

#[tokio::test]
async fn a_category_in_use_is_not_deleted_and_says_by_what() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let parent = make(client, "P", None).await;
    let child = make(client, "C", Some(&parent)).await;
    let sold = make(client, "S", None).await;
    let mut product = dealer.product_input("X-1").await;
    product["categoryId"] = sold.clone();
    mutate(client, "productCreate", "product { id }", product).await;
    let asked = make(client, "Q", None).await;
    let attribute = json!({ "categoryId": asked, "code": "w", "name": "Width", "kind": "NUMBER" });
    mutate(client, "attributeCreate", "attribute { id }", attribute).await;
    let priced = make(client, "R", None).await;
    let rule = json!({ "categoryId": priced, "method": "LIST_MINUS", "value": "5" });
    let made = mutate(client, "priceRuleUpsert", "priceRule { id }", rule).await;
    assert_eq!(made["userErrors"], json!([]));
    for (id, by) in [
        (&parent, "categories"),
        (&sold, "products"),
        (&asked, "attributes"),
        (&priced, "price rules"),
    ] {
        let payload = delete(client, id).await;
        let expected = ("NOT_ALLOWED".to_owned(), vec!["input".into(), "id".into()]);
        assert_eq!(only_error(&payload), expected, "{by}");
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains(by), "{message}");
    }
    let payload = delete(client, &child).await;
    assert_eq!(payload["category"]["code"], "C");
    let payload = delete(client, &parent).await;
    assert_eq!(payload["category"]["code"], "P");
    let payload = delete(client, &parent).await;
    assert_eq!(only_error(&payload).0, "NOT_FOUND");
    let told = crate::stock::told(&dealer, "category").await;
    let deleted = told.iter().filter(|name| *name == "category.deleted");
    assert_eq!(deleted.count(), 2);
}

#[tokio::test]
async fn the_way_up_costs_one_statement_for_all_categories() {
    let (_server, dealer) = yard().await;
    let client = &dealer.client;
    let a = make(client, "A", None).await;
    let b = make(client, "B", Some(&a)).await;
    make(client, "C", Some(&b)).await;
    make(client, "D", Some(&b)).await;
    let query = "{ categories { nodes { code path ancestors { code } attributes { code } } } }";
    let answer = client.send(query, json!({})).await;
    let nodes = answer.body["data"]["categories"]["nodes"]
        .as_array()
        .unwrap();
    assert_eq!(nodes[3]["path"], json!(["Name A", "Name B", "Name D"]));
    // The categories; the ways up; the attributes.
    assert_eq!(answer.statements(), 3);
}
