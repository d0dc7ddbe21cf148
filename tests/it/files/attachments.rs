//! Files at records.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;
use tubex::events::Field;
use tubex::files::FileId;
use tubex::roots::EVENTS;

use super::{ADD, attach, detach, download, png, upload};
use crate::support::{Server, TestDealer, owner};

const AT: &str = "query($id: ID!) { product(id: $id) { attachments {
    id caption isPublic file { id name size url } } } }";

async fn at(dealer: &TestDealer, product: &str) -> Vec<Value> {
    let data = dealer.client.run(AT, json!({ "id": product })).await;
    data["product"]["attachments"].as_array().unwrap().clone()
}

async fn events(dealer: &TestDealer) -> Vec<(String, Value, bool)> {
    let sql = format!(
        "SELECT name, payload::text, is_public FROM {}.events
         WHERE entity = 'attachment' ORDER BY id",
        dealer.schema
    );
    let rows = owner().await.query(&sql, &[]).await.unwrap();
    let read = |row: &tokio_postgres::Row| {
        let payload: String = row.get(1);
        (
            row.get(0),
            serde_json::from_str(&payload).unwrap(),
            row.get(2),
        )
    };
    rows.iter().map(read).collect()
}

#[tokio::test]
async fn a_file_is_attached_told_of_and_taken_off() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let content = png("attached");
    let file = upload(&dealer, "sheet.png", &content).await;
    let added = attach(&dealer.client, &json!(product.id), &file, false).await;
    assert_eq!(added["userErrors"], json!([]));
    let found = at(&dealer, &product.id).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["file"]["name"], "sheet.png");
    assert_eq!(found[0]["caption"], format!("Caption of {file}"));
    let url = &found[0]["file"]["url"];
    let read = download(&server.anonymous(), url).await;
    assert_eq!(read.bytes().await.unwrap(), content);

    let twice = attach(&dealer.client, &json!(product.id), &file, false).await;
    assert_eq!(twice["userErrors"][0]["code"], "ALREADY_EXISTS");
    let nowhere = FileId::generate().to_string();
    let of_none = attach(&dealer.client, &json!(product.id), &nowhere, false).await;
    assert_eq!(
        of_none["userErrors"],
        json!([{ "code": "NOT_FOUND", "path": ["input", "fileId"], "message": "there is no such file" }])
    );
    assert_eq!(detach(&dealer.client, &found[0]["id"]).await, [""; 0]);
    assert_eq!(detach(&dealer.client, &found[0]["id"]).await, ["NOT_FOUND"]);
    assert!(at(&dealer, &product.id).await.is_empty());
    // Its links die with it, before its content does.
    assert_eq!(download(&server.anonymous(), url).await.status(), 404);

    let told = events(&dealer).await;
    let names: Vec<_> = told.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, ["attachment.added", "attachment.removed"]);
    for (name, payload, _) in &told {
        let kind = EVENTS.iter().find(|kind| kind.name == name).unwrap();
        let fields: BTreeSet<String> = kind.fields.iter().map(Field::key).collect();
        let keys: BTreeSet<String> = payload.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, fields, "{name}");
    }
    let (_, payload, is_public) = &told[0];
    assert_eq!(payload["record"], product.id);
    assert_eq!(payload["file"], file);
    assert!(!is_public);
}

/// One file may lie at many records, and goes with the last.
#[tokio::test]
async fn a_file_goes_with_its_last_place() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (one, two) = (
        dealer.add_product("ONE").await,
        dealer.add_product("TWO").await,
    );
    let file = upload(&dealer, "sheet.png", &png("shared")).await;
    for product in [&one, &two] {
        let added = attach(&dealer.client, &json!(product.id), &file, false).await;
        assert_eq!(added["userErrors"], json!([]));
    }
    let first = &at(&dealer, &one.id).await[0]["id"];
    assert_eq!(detach(&dealer.client, first).await, [""; 0]);
    let left = at(&dealer, &two.id).await;
    assert_eq!(left[0]["file"]["id"], file);
    assert_eq!(detach(&dealer.client, &left[0]["id"]).await, [""; 0]);
    let query = "query($id: ID!) { file(id: $id) { id } }";
    let data = dealer.client.run(query, json!({ "id": file })).await;
    assert_eq!(data["file"], Value::Null);
}

#[tokio::test]
async fn attaching_takes_the_permission_of_the_record() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let file = upload(&dealer, "sheet.png", &png("driver")).await;
    let driver = server.member(&dealer, &[BuiltInRole::Driver.into()]).await;
    let input = json!({ "input": { "recordId": product.id, "fileId": file } });
    let answer = driver.client.send(ADD, input.clone()).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert!(at(&dealer, &product.id).await.is_empty());
    for (record, code) in [
        (product.id.replace("prd_", "cus_"), "NOT_FOUND"),
        (format!("prd_{}", "0".repeat(32)), "NOT_FOUND"),
        ("nonsense".to_owned(), "NOT_FOUND"),
    ] {
        let refused = attach(&dealer.client, &json!(record), &file, false).await;
        assert_eq!(refused["userErrors"][0]["code"], code, "{record}");
    }
}

#[tokio::test]
async fn attachments_of_a_page_cost_one_statement() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for number in 0..12 {
        let product = dealer.add_product(&format!("P{number}")).await;
        for place in 0..number % 3 {
            let content = png(&format!("{number} {place}"));
            let file = upload(&dealer, "a.png", &content).await;
            attach(&dealer.client, &json!(product.id), &file, false).await;
        }
    }
    let query = "{ products(first: 50) { nodes { sku attachments { id file { name url } } } } }";
    let answer = dealer.client.send(query, json!({})).await;
    let nodes = answer.body["data"]["products"]["nodes"].as_array().unwrap();
    let count = nodes
        .iter()
        .map(|node| node["attachments"].as_array().unwrap().len());
    assert_eq!(count.sum::<usize>(), 12);
    assert_eq!(answer.statements(), 2);
}
