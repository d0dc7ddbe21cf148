//! Imports and exports of many records: by line, in batches, and on again after a kill.

mod beside;
mod cost;
mod customers;
mod deaths;
mod exports;
mod imports;
mod listed;
mod live;
mod many;
mod rights;
mod round;
mod stock;

use std::time::Duration;

use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use crate::files::{download, upload};
use crate::stock::key;
use crate::support::{Client, Server, TestDealer, own_settings, owner_of, until_within};

const IMPORT: &str = "mutation($input: BulkImportStartInput!) { bulkImportStart(input: $input) {
    bulkOperation { id state } userErrors { code path message } } }";
const EXPORT: &str = "mutation($input: BulkExportStartInput!) { bulkExportStart(input: $input) {
    bulkOperation { id state } userErrors { code path message } } }";
const SHOW: &str = "query($id: ID!) { bulkOperation(id: $id) {
    state message progress line created updated unchanged failed written isDryRun
    errors { line field code message } errorFile { url name } outputFile { url name contentType }
    finishedAt } }";

/// A server on a database of its own, so that its jobs are nobody else's.
pub async fn server(name: &'static str) -> Server {
    let database = own_settings(name).await;
    Server::start_on(&database, Clock::system(), |_settings| {}).await
}

/// Uploads a text and orders its import; gives the payload.
pub async fn import(dealer: &TestDealer, name: &str, text: &str, more: Value) -> Value {
    let file = upload(dealer, name, text.as_bytes()).await;
    let mut input = json!({ "kind": "PRODUCTS", "fileId": file });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let data = dealer.client.run(IMPORT, json!({ "input": input })).await;
    data["bulkImportStart"].clone()
}

/// Orders an export; gives the payload.
pub async fn export(client: &Client, kind: &str, format: &str) -> Value {
    let input = json!({ "input": { "kind": kind, "format": format } });
    client.run(EXPORT, input).await["bulkExportStart"].clone()
}

/// The operation when it is over.
pub async fn ended(dealer: &TestDealer, payload: &Value) -> Value {
    assert_eq!(payload["userErrors"], json!([]));
    let id = json!({ "id": payload["bulkOperation"]["id"] });
    let over = |operation: &Value| !operation["finishedAt"].is_null();
    until_within(Duration::from_mins(5), "it is over", async || {
        let data = dealer.client.run(SHOW, id.clone()).await;
        over(&data["bulkOperation"])
    })
    .await;
    dealer.client.run(SHOW, id.clone()).await["bulkOperation"].clone()
}

/// What became of an import of this kind, which is over. Wrong lines are left out.
pub async fn taken(dealer: &TestDealer, kind: &str, name: &str, text: &str) -> Value {
    let more = json!({ "kind": kind, "onError": "SKIP", "idempotencyKey": key() });
    ended(dealer, &import(dealer, name, text, more).await).await
}

/// Records added and changed, lines that changed nothing, and such as were refused.
pub fn counts(done: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| done[name].as_u64().unwrap())
}

/// Line, column and code of what is wrong.
pub fn faults(done: &Value) -> Value {
    let errors = done["errors"].as_array().unwrap().iter();
    let fault = |error: &Value| json!([error["line"], error["field"], error["code"]]);
    errors.map(fault).collect()
}

/// Names of the dealer's events about records of a kind, in order.
pub async fn told(server: &Server, dealer: &TestDealer, entity: &str) -> Vec<String> {
    let query = format!(
        "SELECT name FROM {}.events WHERE entity = $1 ORDER BY id",
        dealer.schema
    );
    let sql = owner_of(&server.database).await;
    let rows = sql.query(&query, &[&entity]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What a file holds.
pub async fn text_of(server: &Server, file: &Value) -> String {
    let read = download(&server.anonymous(), &file["url"]).await;
    assert_eq!(read.status(), 200);
    read.text().await.unwrap()
}

/// An export that nobody runs.
pub async fn start_some(dealer: &TestDealer) {
    let started = export(&dealer.client, "PRODUCTS", "CSV").await;
    assert_eq!(started["userErrors"], json!([]));
}
