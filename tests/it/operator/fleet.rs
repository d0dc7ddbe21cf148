//! Migrations and the node.

use serde_json::json;

use super::{apart, shared};
use crate::support::owner_of;

const MIGRATIONS: &str = "{ migrations { newest needed behind refused
    failed(first: 2) { dealerId dealer { name } cause failedAt } } }";

#[tokio::test]
async fn dealers_behind_and_failed_are_shown() {
    let server = apart("operator_migrations").await;
    let (behind, well) = (server.dealer().await, server.dealer().await);
    let alice = server.operator();
    let data = alice.get(MIGRATIONS).await;
    assert_eq!(data["migrations"]["behind"], 0);
    assert_eq!(data["migrations"]["failed"], json!([]));
    let owner = owner_of(&server.database).await;
    owner
        .batch_execute(&format!(
            "UPDATE platform.dealers SET schema_version = '20000101000000'
                WHERE schema_name = '{}';
             INSERT INTO platform.migration_failures
                SELECT id, 'it would not', now() FROM platform.dealers",
            behind.schema
        ))
        .await
        .unwrap();
    let answer = alice.send(MIGRATIONS, json!({})).await;
    let shown = &answer.body["data"]["migrations"];
    assert_eq!(
        (&shown["behind"], &shown["refused"]),
        (&json!(1), &json!(1))
    );
    assert!(shown["newest"].as_str() >= shown["needed"].as_str());
    let failed = shown["failed"].as_array().unwrap();
    let ids: Vec<&str> = failed
        .iter()
        .map(|one| one["dealerId"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&behind.id.to_string().as_str()));
    assert!(ids.contains(&well.id.to_string().as_str()));
    assert!(failed.iter().all(|one| one["cause"] == "it would not"));
    // How far: three. Who failed: one, and one for all of their dealers.
    assert_eq!(answer.statements(), 5 + 1);
    let answer = alice
        .send("{ migrations { failed(first: 0) { cause } } }", json!({}))
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_node_tells_how_it_is() {
    let server = shared().await;
    let dealer = server.dealer().await;
    dealer.client.get("{ products { totalCount } }").await;
    let _socket = server.socket(&dealer).await;
    let data = server
        .operator()
        .get(
            "{ node { version startedAt sockets socketOperations memoryMib
                requestPool { open busyDealers } controlPool { size open inUse waiting } } }",
        )
        .await;
    let node = &data["node"];
    assert_eq!(node["sockets"], 1);
    assert_eq!(node["socketOperations"], 0);
    assert_eq!(node["requestPool"]["open"], 1);
    assert_eq!(node["controlPool"]["size"], 2);
    assert!(node["controlPool"]["open"].as_i64().unwrap() >= 1);
    assert!(node["memoryMib"].as_u64().unwrap() > 0);
}
