//! Many rows, and a worker that is killed among them. `TUBEX_BULK_ROWS=100000` takes more of
//! them than the 6,000 of each run.

use std::fmt::Write;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::{SHOW, ended, import, server, told};
use crate::catalogue::mutate;
use crate::cli::program::{Folder, Running, database_flags};
use crate::stock::key;
use crate::support::{Server, TestDealer, files_dir, owner_of, until_within};

/// A worker as a process of its own.
fn worker(folder: &Folder, server: &Server) -> Running {
    let mut command = folder.program(&["worker", "--json", "--job-lease-s", "2"]);
    command.args(database_flags(&server.database));
    command.arg("--files-dir").arg(files_dir());
    Running::start(command).0
}

/// Most memory that a process has had, in MiB.
fn peak(process: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}

fn rows() -> usize {
    let asked = std::env::var("TUBEX_BULK_ROWS").ok();
    asked.map_or(6000, |rows| rows.parse().unwrap())
}

/// Every tenth line is wrong.
fn text(rows: usize) -> String {
    let mut text = String::from("sku,name,description,baseUnit,listPrice\n");
    for row in 0..rows {
        let price = if row % 10 == 9 { "much" } else { "12.5" };
        writeln!(
            text,
            "R-{row},Goods {row},\"Some words on goods no. {row}, of the usual length\",bag,{price}"
        )
        .unwrap();
    }
    text
}

/// The operation when it is over, and the last of the workers: those before were killed
/// among its lines, of which there are [`rows`].
async fn through_kills(
    (server, folder): (&Server, &Folder),
    dealer: &TestDealer,
    started: &Value,
) -> (Running, Value) {
    let id = json!({ "id": started["bulkOperation"]["id"] });
    let mut cut = 0;
    for round in 1..=3 {
        let process = worker(folder, server);
        until_within(Duration::from_mins(10), "it has come further", async || {
            let data = dealer.client.run(SHOW, id.clone()).await;
            let line = data["bulkOperation"]["line"].as_u64().unwrap();
            usize::try_from(line).unwrap() > rows() * round / 5
        })
        .await;
        let status = tokio::task::spawn_blocking(move || process.end_by(Signal::SIGKILL));
        assert_eq!(status.await.unwrap().code(), None);
        let data = dealer.client.run(SHOW, id.clone()).await;
        cut += usize::from(data["bulkOperation"]["finishedAt"].is_null());
    }
    assert!(cut > 0, "it was over before it was killed");
    let process = worker(folder, server);
    (process, ended(dealer, started).await)
}

/// Ends the last worker, which has not taken much memory.
async fn end((process, what): (Running, &str), begun: Instant) {
    let peak = peak(&process);
    eprintln!(
        "{} {what} in {:?} over kills; a worker took {peak} MiB",
        rows(),
        begun.elapsed()
    );
    assert!(peak < 256, "{peak} MiB");
    let status = tokio::task::spawn_blocking(move || process.end_by(Signal::SIGTERM));
    assert_eq!(status.await.unwrap().code(), Some(0));
}

async fn counts(server: &Server, dealer: &TestDealer) -> (i64, i64, i64) {
    let sql = format!(
        "SELECT (SELECT count(*) FROM {0}.products), (SELECT count(DISTINCT entity_id) FROM {0}.events WHERE name = 'product.created'),
                (SELECT count(*) FROM {0}.events WHERE name = 'product.created')",
        dealer.schema
    );
    let row = owner_of(&server.database)
        .await
        .query_one(&sql, &[])
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

#[tokio::test]
async fn an_import_that_is_killed_goes_on_and_doubles_nothing() {
    let (server, folder) = (server("bulk_many").await, Folder::new());
    let dealer = server.dealer().await;
    let rows = rows();
    let (wrong, right) = (rows / 10, rows - rows / 10);
    let started = import(
        &dealer,
        "many.csv",
        &text(rows),
        json!({ "onError": "SKIP" }),
    )
    .await;
    let begun = Instant::now();
    let (process, done) = through_kills((&server, &folder), &dealer, &started).await;
    assert_eq!(done["state"], "DONE", "{done:#}");
    assert_eq!(
        (&done["created"], &done["failed"]),
        (&json!(right), &json!(wrong))
    );
    let (products, told, events) = counts(&server, &dealer).await;
    let wanted = i64::try_from(right).unwrap();
    assert_eq!((products, told, events), (wanted, wanted, wanted));
    let errors = super::text_of(&server, &done["errorFile"]).await;
    assert_eq!(errors.lines().count(), 1 + wrong.min(10_000));
    assert!(
        errors
            .lines()
            .nth(1)
            .unwrap()
            .starts_with("11,listPrice,BAD_USER_INPUT,")
    );
    let imported = begun.elapsed();

    let begun = Instant::now();
    let out = super::export(&dealer.client, "PRODUCTS", "CSV").await;
    let out = ended(&dealer, &out).await;
    assert_eq!(out["written"], right, "{out:#}");
    eprintln!(
        "{right} products imported in {imported:?}, exported in {:?}",
        begun.elapsed()
    );
    end((process, "lines of products"), begun).await;
}

#[tokio::test]
async fn customers_come_in_once_though_the_worker_is_killed() {
    let (server, folder) = (server("bulk_many_customers").await, Folder::new());
    let dealer = server.dealer().await;
    let mut text = String::from("code,name,city,creditLimit\n");
    for row in 0..rows() {
        writeln!(text, "C-{row},Customer {row},Leeds,{row}").unwrap();
    }
    let more = json!({ "kind": "CUSTOMERS" });
    let started = import(&dealer, "many.csv", &text, more.clone()).await;
    let begun = Instant::now();
    let (process, done) = through_kills((&server, &folder), &dealer, &started).await;
    assert_eq!(
        (&done["state"], &done["created"]),
        (&json!("DONE"), &json!(rows())),
        "{done:#}"
    );
    let names = told(&server, &dealer, "customer").await;
    assert_eq!(names.len(), rows());
    // The same once more.
    let again = ended(&dealer, &import(&dealer, "many.csv", &text, more).await).await;
    assert_eq!(again["unchanged"], rows(), "{again:#}");
    end((process, "customers"), begun).await;
}

/// Each line adds one: of a batch that was taken twice, or in part, there would be more or
/// less.
#[tokio::test]
async fn stock_comes_in_once_though_the_worker_is_killed() {
    let (server, folder) = (server("bulk_many_stock").await, Folder::new());
    let dealer = server.dealer().await;
    for code in ["NORTH", "SOUTH"] {
        let input = json!({ "code": code, "name": code, "kind": "YARD" });
        mutate(&dealer.client, "warehouseCreate", "warehouse { id }", input).await;
    }
    for row in 0..50 {
        dealer.add_product(&format!("P-{row}")).await;
    }
    let mut text = String::from("sku,warehouse,change\n");
    for row in 0..rows() {
        let code = ["SOUTH", "NORTH"][row / 50 % 2];
        writeln!(text, "P-{},{code},1", row % 50).unwrap();
    }
    let more = json!({ "kind": "STOCK", "idempotencyKey": key() });
    let started = import(&dealer, "many.csv", &text, more).await;
    let begun = Instant::now();
    let (process, done) = through_kills((&server, &folder), &dealer, &started).await;
    assert_eq!(
        (&done["state"], &done["created"], &done["updated"]),
        (&json!("DONE"), &json!(100), &json!(rows() - 100)),
        "{done:#}"
    );
    let query = "{ stockLevels(first: 200) { nodes { onHand { value } } } }";
    let levels = dealer.client.get(query).await;
    let levels = levels["stockLevels"]["nodes"].as_array().unwrap();
    assert_eq!(levels.len(), 100);
    for level in levels {
        assert_eq!(level["onHand"]["value"], (rows() / 100).to_string());
    }
    super::stock::books_are_right(&dealer).await;
    assert_eq!(told(&server, &dealer, "movement").await.len(), rows());
    end((process, "stock lines"), begun).await;
}
