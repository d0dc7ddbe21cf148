//! Operations whose jobs die, or nearly.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_postgres::Client;
use tubex::kernel::clock::Clock;

use super::{SHOW, ended, export, import, server};
use crate::support::{Server, own_settings, owner_of};

const SOON: Duration = Duration::from_secs(5);

fn text(rows: std::ops::Range<usize>, words: &str) -> String {
    let mut text = String::from("sku,name,description,baseUnit,listPrice\n");
    for row in rows {
        writeln!(text, "D-{row},Goods {row},{words},bag,1").unwrap();
    }
    text
}

/// Changes the job of the only operation.
async fn set_job(sql: &Client, assignment: &str) {
    let sql_text = format!("UPDATE platform.jobs SET {assignment} WHERE kind LIKE 'bulk.%port'");
    assert_eq!(sql.execute(&sql_text, &[]).await.unwrap(), 1);
}

async fn job(sql: &Client, column: &str) -> String {
    let sql_text =
        format!("SELECT ({column})::text FROM platform.jobs WHERE kind LIKE 'bulk.%port'");
    sql.query_one(&sql_text, &[]).await.unwrap().get(0)
}

/// Its worker is not heard of any more, at the last of its tries.
const LOST: &str = "state = 'RUNNING', attempts = max_attempts, token = 10, worker = 'gone',
    locked_until = now() - interval '1 second'";

#[tokio::test]
async fn an_operation_whose_job_dies_with_its_worker_has_failed() {
    for direction in ["import", "export"] {
        let server = server(if direction == "import" {
            "bulk_dead_in"
        } else {
            "bulk_dead_out"
        })
        .await;
        let dealer = server.dealer().await;
        let started = match direction {
            "import" => import(&dealer, "d.csv", &text(0..3, "x"), json!({})).await,
            _ => export(&dealer.client, "PRODUCTS", "CSV").await,
        };
        let sql = owner_of(&server.database).await;
        // It has begun, and somebody sees it at work.
        let begun = format!(
            "UPDATE {}.bulk_operations SET state = 'RUNNING'",
            dealer.schema
        );
        sql.batch_execute(&format!("SET tubex.actor = 'system:test'; {begun}"))
            .await
            .unwrap();
        set_job(&sql, LOST).await;
        let worker = server.worker();
        let over = ended(&dealer, &started).await;
        assert_eq!(over["state"], "FAILED", "{over:#}");
        assert!(
            over["message"].as_str().unwrap().contains("tried in vain"),
            "{over:#}"
        );
        let state = job(&sql, "state || (heir_id IS NOT NULL)").await;
        assert_eq!(state, "DEADtrue");
        let told = format!(
            "SELECT count(*) FROM {}.events WHERE name = 'bulk_operation.ended'",
            dealer.schema
        );
        let told: i64 = sql.query_one(&told, &[]).await.unwrap().get(0);
        assert_eq!(told, 1);
        worker.stop(SOON).await;
    }
}

#[tokio::test]
async fn an_import_that_goes_on_has_its_tries_back() {
    let server = server("bulk_tries").await;
    let dealer = server.dealer().await;
    let started = import(&dealer, "d.csv", &text(0..450, "x"), json!({})).await;
    let sql = owner_of(&server.database).await;
    set_job(&sql, "attempts = max_attempts - 1").await;
    let worker = server.worker();
    let done = ended(&dealer, &started).await;
    assert_eq!(
        (&done["state"], &done["created"]),
        (&json!("DONE"), &json!(450)),
        "{done:#}"
    );
    assert_eq!(job(&sql, "attempts").await, "1");
    worker.stop(SOON).await;
}

#[tokio::test]
async fn an_export_that_would_be_too_large_says_how_large_it_may_be() {
    let database = own_settings("bulk_large").await;
    let server = Server::start_on(&database, Clock::system(), |settings| {
        settings.files.max_file_mib = 1;
    })
    .await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    let words = "words ".repeat(250);
    for rows in [0..400, 400..800] {
        let started = import(&dealer, "d.csv", &text(rows, &words), json!({})).await;
        let done: Value = ended(&dealer, &started).await;
        assert_eq!(done["created"], 400, "{done:#}");
    }
    let started = export(&dealer.client, "PRODUCTS", "NDJSON").await;
    let failed = ended(&dealer, &started).await;
    assert_eq!(failed["state"], "FAILED");
    let message = failed["message"].as_str().unwrap();
    assert!(message.contains("more than 1 MiB"), "{message}");
    assert!(message.contains("--max-file-mib"), "{message}");
    let id = json!({ "id": started["bulkOperation"]["id"] });
    let data = dealer.client.run(SHOW, id).await;
    assert_eq!(data["bulkOperation"]["outputFile"], Value::Null);
    worker.stop(SOON).await;
}
