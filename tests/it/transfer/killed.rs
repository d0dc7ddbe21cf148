//! Cut short anywhere, a transfer leaves nothing that is seen or that stays.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;
use tokio_postgres::Client;
use tubex::config::DatabaseSettings;
use tubex::demo::data::DEALERS;
use tubex::kernel::clock::Clock;
use tubex::tenancy::transfer::{Destination, TransferError};

use super::{adopt, content, export, opened, quiet, stage};
use crate::support::{Server, own_settings, owner_of, until};

async fn server(database: &'static str) -> (Server, DatabaseSettings, Client) {
    let settings = own_settings(database).await;
    let server = Server::start_on(&settings, Clock::system(), |_| {}).await;
    let owner = owner_of(&settings).await;
    (server, settings, owner)
}

/// Schemas of dealers, and roles of such a name that are only here.
async fn schemas(owner: &Client) -> Vec<String> {
    let schemas = "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 't\\_%' ORDER BY 1";
    let rows = owner.query(schemas, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn dealers(owner: &Client) -> Vec<String> {
    let rows = owner
        .query("SELECT schema_name FROM platform.dealers ORDER BY 1", &[])
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What is there is what the directory names, once a sweep has been.
async fn assert_swept(server: &Server, owner: &Client) {
    until("the half-made schemas are gone", async || {
        server.app.core.transfer.sweep().await.unwrap();
        let record = owner
            .query("SELECT FROM platform.retired_schemas", &[])
            .await
            .unwrap();
        record.is_empty() && schemas(owner).await == dealers(owner).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_dropped_at_any_step_is_swept() {
    let (server, _, owner) = server("transfer_dropped").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let before = (dealers(&owner).await, content(&owner, &dealer.schema).await);
    let transfer = &server.app.core.transfer;
    let mut step = 0;
    loop {
        let (seen, reached) = (AtomicUsize::new(0), Notify::new());
        let told = |_event| {
            if seen.fetch_add(1, Ordering::Relaxed) == step {
                reached.notify_one();
            }
        };
        let done = tokio::select! {
            biased;
            () = reached.notified() => None,
            staged = transfer.import(opened(&bytes), Destination::New, &told) => Some(staged),
        };
        // Whole, and still in nobody's use.
        if let Some(staged) = done {
            drop(staged.unwrap());
            break;
        }
        assert_eq!(dealers(&owner).await, before.0);
        step += 5;
    }
    assert!(step > 20, "{step} steps");
    assert_swept(&server, &owner).await;
    assert_eq!(dealers(&owner).await, before.0);
    assert_eq!(content(&owner, &dealer.schema).await, before.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_whose_backend_dies_changes_nothing_and_is_swept() {
    let (server, _, owner) = server("transfer_backend_dies").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let before = dealers(&owner).await;
    // The filler, then the holder of the lock beside it.
    for (victim, dies) in [
        ("query LIKE 'COPY%FROM STDIN%'", true),
        ("query LIKE 'SELECT pg_advisory_lock%'", false),
    ] {
        let kill = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND {victim}"
        );
        let (sender, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let told = move |event| {
            let _told = sender.send(event);
            // The killer gets the time to strike.
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        let import = server
            .app
            .core
            .transfer
            .import(opened(&bytes), Destination::New, &told);
        let killer = async {
            let mut struck = 0;
            while steps.recv().await.is_some() {
                struck += owner.query(&kill, &[]).await.unwrap().len();
                if struck > 0 {
                    break;
                }
            }
            struck
        };
        let (staged, struck) = tokio::join!(import, killer);
        assert_eq!(struck, 1, "{victim}");
        assert_eq!(staged.is_err(), dies, "{victim}");
        assert_eq!(dealers(&owner).await, before);
    }
    assert_swept(&server, &owner).await;
}

#[tokio::test]
async fn a_schema_that_was_swept_can_not_be_switched_to() {
    let (server, _, owner) = server("transfer_swept").await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let staged = stage(&server.app, &bytes).await.unwrap();
    // Held, so that a sweep lets it be.
    assert_eq!(
        server.app.core.transfer.sweep().await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(schemas(&owner).await.len(), 2);
    let gone = "DELETE FROM platform.retired_schemas";
    owner.batch_execute(gone).await.unwrap();
    super::set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let replaced = super::replace(&server.app, staged, dealer.id).await;
    assert!(
        matches!(replaced, Err(TransferError::Swept)),
        "{replaced:?}"
    );
    assert_eq!(dealers(&owner).await, [dealer.schema]);
}

#[tokio::test]
async fn what_is_in_use_is_never_swept() {
    let (server, _, owner) = server("transfer_in_use").await;
    let dealer = server.dealer().await;
    // Nothing writes this, but if anything did, the rows would be safe.
    let lie = "INSERT INTO platform.retired_schemas (schema_name, purpose, retired_at, drop_after)
        SELECT schema_name, 'FILLING', now(), now() FROM platform.dealers";
    owner.execute(lie, &[]).await.unwrap();
    assert_eq!(
        server.app.core.transfer.sweep().await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(schemas(&owner).await, [dealer.schema]);
}

#[tokio::test]
async fn a_failed_import_cleans_up_behind_itself() {
    let (server, _, owner) = server("transfer_failed").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let wrong = super::archives::with_rows(&bytes, "jobs", "id\nx\n");
    assert!(stage(&server.app, &wrong).await.is_err());
    assert_eq!(schemas(&owner).await, dealers(&owner).await);
    let roles = "SELECT FROM pg_roles r JOIN platform.dealers d ON d.schema_name = r.rolname";
    assert_eq!(owner.query(roles, &[]).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_dropped_on_the_way_has_no_end() {
    let (server, _, _) = server("transfer_export_dropped").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let shared = Shared::default();
    let (seen, reached) = (AtomicUsize::new(0), Notify::new());
    let told = |_event| {
        if seen.fetch_add(1, Ordering::Relaxed) == 4 {
            reached.notify_one();
        }
    };
    let out = shared.clone();
    tokio::select! {
        biased;
        () = reached.notified() => {}
        done = server.app.core.transfer.export(dealer.id, out, &told) => panic!("{done:?}"),
    }
    until("the writer has gone", async || {
        Arc::strong_count(&shared.0) == 1
    })
    .await;
    let bytes = shared.0.lock().unwrap().clone();
    let cut = tubex::tenancy::transfer::Archive::open(Cursor::new(bytes));
    assert!(cut.is_err());
    // And the dealer is free again for whoever wants to change him.
    let staged = server.app.core.transfer.clone_of(dealer.id, &quiet).await;
    adopt(&server.app, staged.unwrap()).await;
}

#[derive(Clone, Debug, Default)]
struct Shared(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
