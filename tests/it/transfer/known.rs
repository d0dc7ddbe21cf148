//! An export leaves nothing out and reads nobody else.

use super::{set_status, try_export};
use crate::support::{Server, owner};
use tubex::tenancy::transfer::TransferError;

#[tokio::test]
async fn a_table_that_the_program_does_not_know_stops_the_export() {
    let server = Server::start().await;
    for (sql, name) in [
        (
            "CREATE TABLE {}.products_old (id uuid PRIMARY KEY)",
            "products_old",
        ),
        ("CREATE SEQUENCE {}.numbers", "numbers"),
        (
            "CREATE MATERIALIZED VIEW {}.sums AS SELECT 1 AS one",
            "sums",
        ),
    ] {
        let dealer = server.dealer().await;
        let sql = sql.replace("{}", &dealer.schema);
        owner().await.batch_execute(&sql).await.unwrap();
        let error = try_export(&server.app, dealer.id).await.unwrap_err();
        assert!(
            matches!(&error, TransferError::Unknown(found) if found == name),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_table_that_is_missing_stops_the_export() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let drop = format!("DROP TABLE {}.customer_contacts", dealer.schema);
    owner().await.batch_execute(&drop).await.unwrap();
    let error = try_export(&server.app, dealer.id).await.unwrap_err();
    assert!(
        matches!(&error, TransferError::Lacking(name) if name == "customer_contacts"),
        "{error}"
    );
}

#[tokio::test]
async fn a_version_of_a_newer_program_is_left_to_it() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let newer =
        "UPDATE platform.dealers SET schema_version = '29990101000001' WHERE id = $1::text::uuid";
    owner()
        .await
        .execute(newer, &[&dealer.id.uuid().to_string()])
        .await
        .unwrap();
    let error = try_export(&server.app, dealer.id).await.unwrap_err();
    assert!(matches!(error, TransferError::UnknownVersion(_)), "{error}");
}

/// The reader has the rights of the dealer's own role and no other: taken from
/// that, nothing is left.
#[tokio::test]
async fn an_export_reads_with_the_dealers_own_rights() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = &dealer.schema;
    let take = format!("REVOKE USAGE ON SCHEMA {schema} FROM {schema}");
    owner().await.batch_execute(&take).await.unwrap();
    let error = try_export(&server.app, dealer.id).await.unwrap_err();
    assert!(matches!(error, TransferError::Db(_)), "{error}");
    let give = format!("GRANT USAGE ON SCHEMA {schema} TO {schema}");
    owner().await.batch_execute(&give).await.unwrap();
    try_export(&server.app, dealer.id).await.unwrap();
}

#[tokio::test]
async fn closed_dealers_are_exported_and_others_are_not() {
    let server = Server::start().await;
    let owner = owner().await;
    let dealer = server.dealer().await;
    for status in ["SUSPENDED", "ARCHIVED"] {
        set_status(&server.app, &owner, dealer.id, status).await;
        try_export(&server.app, dealer.id).await.unwrap();
    }
    set_status(&server.app, &owner, dealer.id, "DROPPED").await;
    let error = try_export(&server.app, dealer.id).await.unwrap_err();
    assert!(matches!(error, TransferError::NoSchema(..)), "{error}");
    let nobody = tubex::kernel::ids::DealerId::generate();
    let error = try_export(&server.app, nobody).await.unwrap_err();
    assert!(matches!(error, TransferError::NoDealer(_)), "{error}");
}

/// While rows are read, no migration changes the tables below.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_gives_way_to_an_export() {
    use std::io::Write;
    use tubex::tenancy::migrate::migrate_schema;

    /// A disk that is busy until it is told to go on.
    struct Slow(std::sync::mpsc::Receiver<()>);

    impl Write for Slow {
        fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
            let _gone = self.0.recv();
            Ok(data.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (go, wait) = std::sync::mpsc::channel();
    let transfer = server.app.core.transfer.clone();
    let id = dealer.id;
    let exporting =
        tokio::spawn(async move { transfer.export(id, Slow(wait), &|_| {}).await.map(drop) });
    let owner = owner().await;
    let turn = format!(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('tubex migrates \"{}\"', 0))",
        dealer.schema
    );
    crate::support::until("the export has its turn", async || {
        !owner.query_one(&turn, &[]).await.unwrap().get::<_, bool>(0)
    })
    .await;
    let schema = dealer.schema.parse().unwrap();
    let core = server.app.core.clone();
    let migrating = tokio::spawn(async move {
        core.owner
            .run(move |conn| migrate_schema(conn, &schema))
            .await
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!migrating.is_finished());
    drop(go);
    exporting.await.unwrap().unwrap();
    migrating.await.unwrap().unwrap();
}
