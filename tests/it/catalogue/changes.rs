//! Mutations: what they change, what they refuse, and how they say so.

use serde_json::{Value, json};

use super::{mutate, only_error, shop};
use crate::support::Client;

const PRODUCT: &str = "product { id sku name version archivedAt listPrice { amount }
    description category { code } units { num den barcode unit { code } } }";

async fn unit(client: &Client, code: &str) -> Value {
    let query = "query($code: String) { unit(code: $code) { id } }";
    client.run(query, json!({ "code": code })).await["unit"]["id"].clone()
}

async fn new_product(client: &Client) -> Value {
    json!({
        "sku": "NEW-1",
        "name": "New product",
        "listPrice": "12.5",
        "baseUnitId": unit(client, "bag").await,
    })
}

#[tokio::test]
async fn a_product_is_created_with_units_in_lowest_terms() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let mut input = new_product(client).await;
    input["units"] = json!([
        { "unitId": unit(client, "t").await, "num": 40, "den": 2, "barcode": "2000000000015" },
    ]);
    let payload = mutate(client, "productCreate", PRODUCT, input).await;
    assert_eq!(payload["userErrors"], json!([]));
    let product = &payload["product"];
    assert_eq!(
        (&product["sku"], &product["version"]),
        (&json!("NEW-1"), &json!(1))
    );
    let units = product["units"].as_array().unwrap();
    let tonne = units
        .iter()
        .find(|unit| unit["unit"]["code"] == "t")
        .unwrap();
    assert_eq!((&tonne["num"], &tonne["den"]), (&json!("20"), &json!("1")));
    assert!(units.iter().any(|unit| unit["unit"]["code"] == "bag"));
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let (_server, dealer) = shop().await;
    let mut input = new_product(&dealer.client).await;
    input["sku"] = json!("has space");
    input["name"] = json!(" ");
    input["listPrice"] = json!("-1");
    let payload = mutate(&dealer.client, "productCreate", PRODUCT, input).await;
    let errors = payload["userErrors"].as_array().unwrap();
    let mut fields: Vec<_> = errors
        .iter()
        .map(|e| e["path"][1].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["listPrice", "name", "sku"], "{payload:#}");
    assert!(errors.iter().all(|error| error["code"] == "BAD_USER_INPUT"));
    assert_eq!(payload["product"], Value::Null);
}

#[tokio::test]
async fn taken_keys_are_refused_by_name() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let mut input = new_product(client).await;
    input["sku"] = json!("SND-RIV");
    let payload = mutate(client, "productCreate", PRODUCT, input).await;
    assert_eq!(
        only_error(&payload),
        ("ALREADY_EXISTS".into(), vec!["input".into(), "sku".into()])
    );
}

#[tokio::test]
async fn inexact_and_malformed_numbers_are_refused() {
    let (_server, dealer) = shop().await;
    for wrong in [
        json!(12.5),
        json!("twelve"),
        json!("1e400"),
        json!("1.23456"),
        json!("99999999999999999"),
    ] {
        let mut input = new_product(&dealer.client).await;
        input["listPrice"] = wrong.clone();
        let query = "mutation($input: ProductCreateInput!) {
            productCreate(input: $input) { product { id } userErrors { code } }
        }";
        let answer = dealer.client.send(query, json!({ "input": input })).await;
        let user_error = &answer.body["data"]["productCreate"]["userErrors"][0]["code"];
        let refused = ["BAD_USER_INPUT", "GRAPHQL_INVALID"];
        let code = user_error.as_str().unwrap_or_else(|| answer.code());
        assert!(refused.contains(&code), "{wrong}: {:#}", answer.body);
    }
}

#[tokio::test]
async fn an_update_keeps_what_is_absent_and_clears_what_is_null() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let found = client
        .get("{ product(sku: \"SND-RIV\") { id version name description category { code } } }")
        .await;
    let before = &found["product"];
    assert!(!before["description"].is_null() && !before["category"].is_null());
    let input = json!({
        "id": before["id"], "expectedVersion": before["version"],
        "listPrice": "123.4567", "description": null,
    });
    let payload = mutate(client, "productUpdate", PRODUCT, input).await;
    let after = &payload["product"];
    assert_eq!(after["listPrice"]["amount"], "123.4567");
    assert_eq!(after["description"], Value::Null);
    assert_eq!(after["category"], before["category"]);
    assert_eq!(after["name"], before["name"]);
    assert_eq!(after["version"], 2);
}

#[tokio::test]
async fn of_two_changes_to_one_version_the_second_is_refused() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let found = client.get("{ product(sku: \"SND-RIV\") { id } }").await;
    let input =
        |name: &str| json!({ "id": found["product"]["id"], "expectedVersion": 1, "name": name });
    let (a, b) = tokio::join!(
        mutate(client, "productUpdate", PRODUCT, input("First")),
        mutate(client, "productUpdate", PRODUCT, input("Second")),
    );
    let refused = [&a, &b]
        .into_iter()
        .filter(|payload| payload["product"].is_null());
    let refused: Vec<_> = refused.map(only_error).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0, "CONFLICT");
    let now = client
        .get("{ product(sku: \"SND-RIV\") { version } }")
        .await;
    assert_eq!(now["product"]["version"], 2);
}

#[tokio::test]
async fn an_archived_product_leaves_and_returns() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let found = client.get("{ product(sku: \"SND-RIV\") { id } }").await;
    let id = &found["product"]["id"];
    let archived = mutate(
        client,
        "productArchive",
        PRODUCT,
        json!({ "id": id, "expectedVersion": 1 }),
    )
    .await;
    assert!(!archived["product"]["archivedAt"].is_null());
    let restored = mutate(
        client,
        "productRestore",
        PRODUCT,
        json!({ "id": id, "expectedVersion": 2 }),
    )
    .await;
    assert!(restored["product"]["archivedAt"].is_null());
    assert_eq!(restored["product"]["version"], 3);
}

#[tokio::test]
async fn a_category_can_not_hang_below_itself() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let data = client
        .get("{ categories(where: { isRoot: true }) { nodes { id version children { id } } } }")
        .await;
    let nodes = data["categories"]["nodes"].as_array().unwrap();
    let root = nodes
        .iter()
        .find(|node| node["children"][0]["id"].is_string())
        .unwrap();
    for parent in [&root["id"], &root["children"][0]["id"]] {
        let input =
            json!({ "id": root["id"], "expectedVersion": root["version"], "parentId": parent });
        let payload = mutate(client, "categoryUpdate", "category { id }", input).await;
        assert_eq!(only_error(&payload).1, ["input", "parentId"], "{payload:#}");
    }
}

/// Each field of a mutation is a transaction of its own, in document order: the
/// second is refused, the first and the third last.
#[tokio::test]
async fn fields_of_one_document_are_kept_or_undone_one_by_one() {
    let (_server, dealer) = shop().await;
    let data = dealer
        .client
        .get(
            "mutation {
                 a: warehouseCreate(input: { code: \"A\", name: \"A\", kind: YARD }) { userErrors { code } }
                 b: warehouseCreate(input: { code: \"A\", name: \"B\", kind: YARD }) { userErrors { code } }
                 c: warehouseCreate(input: { code: \"C\", name: \"C\", kind: YARD }) { warehouse { code } }
             }",
        )
        .await;
    assert_eq!(data["a"]["userErrors"], json!([]));
    assert_eq!(data["b"]["userErrors"][0]["code"], "ALREADY_EXISTS");
    assert_eq!(data["c"]["warehouse"]["code"], "C");
    let now = dealer
        .client
        .get("{ warehouses(orderBy: [{ field: CODE }]) { nodes { code } } }")
        .await;
    let codes: Vec<_> = now["warehouses"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["code"].clone())
        .collect();
    assert!(
        codes.contains(&json!("A")) && codes.contains(&json!("C")),
        "{codes:?}"
    );
}

#[tokio::test]
async fn a_unit_changes_its_name_and_keeps_its_meaning() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let input = json!({ "id": unit(client, "bag").await, "expectedVersion": 1, "name": "Sack", "rec20Code": null });
    let payload = mutate(
        client,
        "unitUpdate",
        "unit { code name rec20Code scale version }",
        input.clone(),
    )
    .await;
    let expected =
        json!({ "code": "bag", "name": "Sack", "rec20Code": null, "scale": 0, "version": 2 });
    assert_eq!(payload["unit"], expected);
    let again = mutate(client, "unitUpdate", "unit { code }", input).await;
    assert_eq!(only_error(&again).0, "CONFLICT");
}
