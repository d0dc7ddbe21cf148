//! One moment, whatever is written meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::archives::text;
use super::{content, export, quiet};
use crate::support::{Server, TestDealer, owner};

/// Somebody who changes the first and the last table of an export together,
/// again and again.
struct Writing {
    stop: Arc<AtomicBool>,
    count: Arc<AtomicI32>,
    task: JoinHandle<()>,
}

impl Writing {
    async fn start(dealer: &Arc<TestDealer>) -> Self {
        let (stop, count) = (Arc::<AtomicBool>::default(), Arc::<AtomicI32>::default());
        let dealers = (owner().await, Arc::clone(dealer));
        let work = write(dealers, Arc::clone(&stop), Arc::clone(&count));
        let task = tokio::spawn(work);
        Self { stop, count, task }
    }

    /// Changes so far.
    fn count(&self) -> i32 {
        self.count.load(Ordering::Relaxed)
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

async fn write(
    (owner, dealer): (Client, Arc<TestDealer>),
    stop: Arc<AtomicBool>,
    count: Arc<AtomicI32>,
) {
    let schema = &dealer.schema;
    while !stop.load(Ordering::Relaxed) {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let both = format!(
            "BEGIN; UPDATE {schema}.categories SET version = {number};
             UPDATE {schema}.warehouses SET version = {number}; COMMIT"
        );
        owner.batch_execute(&both).await.unwrap();
    }
}

async fn add_rows(dealer: &TestDealer) {
    let schema = &dealer.schema;
    let rows = format!(
        "INSERT INTO {schema}.categories (id, code, name, version, created_at, updated_at)
             VALUES (gen_random_uuid(), 'c', 'c', 0, now(), now());
         INSERT INTO {schema}.warehouses (id, code, name, kind, version, created_at, updated_at)
             VALUES (gen_random_uuid(), 'w', 'w', 'YARD', 0, now(), now());
         INSERT INTO {schema}.customers (id, code, name, terms_days, credit_limit, version, created_at, updated_at)
             SELECT gen_random_uuid(), n, repeat('long ', 50), 0, 0, 1, now(), now() FROM generate_series(1, 2000) n"
    );
    owner().await.batch_execute(&rows).await.unwrap();
}

/// The version of the only row of a table.
fn version(bytes: &[u8], table: &str) -> i32 {
    let csv = text(bytes, &format!("tables/{table}.csv"));
    let (names, row) = csv.trim_end().split_once('\n').unwrap();
    let place = names.split(',').position(|name| name == "version").unwrap();
    row.split(',').nth(place).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_changed_together_agree_in_every_export() {
    let server = Server::start().await;
    let dealer = Arc::new(server.dealer().await);
    add_rows(&dealer).await;
    let writing = Writing::start(&dealer).await;
    let (mut seen, mut disturbed) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..20 {
        let before = writing.count();
        let (_, bytes) = export(&server.app, dealer.id).await;
        disturbed += usize::from(writing.count() > before + 1);
        assert_eq!(version(&bytes, "categories"), version(&bytes, "warehouses"));
        seen.insert(version(&bytes, "categories"));
    }
    // On a busy machine the writer may sleep through some of them.
    assert!(seen.len() > 5 && disturbed > 5, "{seen:?} {disturbed}");
    writing.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clone_is_of_one_moment_too() {
    let server = Server::start().await;
    let dealer = Arc::new(server.dealer().await);
    add_rows(&dealer).await;
    let writing = Writing::start(&dealer).await;
    let owner = owner().await;
    for _ in 0..3 {
        let transfer = &server.app.core.transfer;
        let staged = transfer.clone_of(dealer.id, &quiet).await.unwrap();
        let cloned = content(&owner, staged.schema().as_str()).await;
        let version = |table: &str| {
            let row: serde_json::Value = serde_json::from_str(&cloned[table][0]).unwrap();
            row["version"].clone()
        };
        assert_eq!(version("categories"), version("warehouses"));
    }
    writing.end().await;
}
