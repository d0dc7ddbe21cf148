//! Progress over a socket.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ended, export, import, server};

const CHANGED: &str = "subscription($id: ID) { bulkOperationChanged(id: $id) {
    eventId bulkOperation { id state } } }";

#[tokio::test]
async fn who_watches_sees_it_begin_and_end() {
    let server = server("bulk_live").await;
    let dealer = server.dealer().await;
    let text = "sku,name,baseUnit,listPrice\nA,Sand,bag,1\n";
    let started = import(&dealer, "p.csv", text, json!({})).await;
    let id = &started["bulkOperation"]["id"];
    let mut socket = server.socket(&dealer).await;
    socket.subscribe("1", CHANGED, json!({ "id": id })).await;
    socket.settle().await;
    // Another's is not heard.
    let other = export(&dealer.client, "PRODUCTS", "CSV").await;
    let worker = server.worker();
    let mut states: Vec<Value> = Vec::new();
    while states.last() != Some(&json!("DONE")) {
        let message = socket.next().await;
        let operation = &message["payload"]["data"]["bulkOperationChanged"]["bulkOperation"];
        assert_eq!(&operation["id"], id, "{message:#}");
        states.push(operation["state"].clone());
    }
    ended(&dealer, &other).await;
    worker.stop(Duration::from_secs(5)).await;
}
