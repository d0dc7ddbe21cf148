//! The list of bulk operations: one's own, the latest first.

use std::time::Duration;

use serde_json::json;

use super::{ended, export, server};

#[tokio::test]
async fn the_latest_operations_are_listed_first() {
    let server = server("bulk_listed").await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let worker = server.worker();
    let mut begun = Vec::new();
    for kind in ["PRODUCTS", "CUSTOMERS"] {
        let started = export(&mine.client, kind, "CSV").await;
        ended(&mine, &started).await;
        begun.insert(
            0,
            json!({ "id": started["bulkOperation"]["id"], "kind": kind }),
        );
    }
    let query = "{ bulkOperations { id kind } }";
    assert_eq!(mine.client.get(query).await["bulkOperations"], json!(begun));
    assert_eq!(other.client.get(query).await["bulkOperations"], json!([]));
    worker.stop(Duration::from_secs(5)).await;
}
