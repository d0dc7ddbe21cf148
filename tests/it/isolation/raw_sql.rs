//! What Postgres itself refuses, whatever the program says.

use std::sync::Arc;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::ExposeSecret;
use tubex::db::connect::Connector;
use tubex::db::observe::StatementCount;
use tubex::tenancy::Access;

use crate::support::{Server, owner, request_settings, until};

/// A connection of the request role that did not come through a transaction.
async fn bare() -> (Connector, AsyncPgConnection) {
    let settings = request_settings().await;
    let connector = Connector::new(None, 1).unwrap();
    let url = settings.database_url.expose_secret();
    let conn = connector.connect(url, "SELECT 1").await.unwrap();
    // The connector drives the connection for as long as it lives.
    (connector, conn)
}

async fn refusal(conn: &mut impl SimpleAsyncConnection, sql: &str) -> String {
    match conn.batch_execute(sql).await {
        Ok(()) => panic!("Postgres lets through: {sql}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_bare_connection_finds_no_table() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (_connector, mut conn) = bare().await;
    let unqualified = refusal(&mut conn, "SELECT * FROM products").await;
    assert!(unqualified.contains("does not exist"), "{unqualified}");
    for sql in [
        format!("SELECT * FROM {}.products", dealer.schema),
        "SELECT * FROM platform.users".to_owned(),
        "SELECT * FROM platform.dealers".to_owned(),
        format!("CREATE TABLE {}.mine (id int)", dealer.schema),
        format!("DROP SCHEMA {} CASCADE", dealer.schema),
        "CREATE TABLE public.mine (id int)".to_owned(),
    ] {
        let message = refusal(&mut conn, &sql).await;
        let refused = message.contains("permission denied") || message.contains("must be owner");
        assert!(refused, "{sql}: {message}");
    }
}

#[tokio::test]
async fn a_transaction_of_one_dealer_is_denied_the_schema_of_another() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    for sql in [
        format!("SELECT * FROM {}.products", other.schema),
        format!("INSERT INTO {}.units SELECT * FROM units", other.schema),
        format!("DELETE FROM {}.stock_levels", other.schema),
        "SELECT * FROM platform.users".to_owned(),
        format!("ALTER TABLE {}.products DROP COLUMN name", mine.schema),
        format!("SELECT * FROM {}.__diesel_schema_migrations", mine.schema),
        // Names the statements that the backend keeps, those of others too.
        "SELECT * FROM pg_get_backend_memory_contexts()".to_owned(),
        // What outlives the transaction, or reaches beyond the schema.
        "CREATE TEMPORARY TABLE products AS SELECT 1".to_owned(),
        "SELECT 1 AS one INTO TEMPORARY mine".to_owned(),
        "SELECT pg_advisory_lock(1)".to_owned(),
        "SELECT pg_try_advisory_lock_shared(1, 2)".to_owned(),
        "SELECT pg_advisory_xact_lock(1)".to_owned(),
        "SELECT pg_logical_emit_message(false, 'a', 'b')".to_owned(),
        "SELECT pg_notify('tubex_revocations', 'USER')".to_owned(),
        "SELECT lo_from_bytea(0, 'x')".to_owned(),
        "SELECT lo_create(0)".to_owned(),
        // The ways to another role from within one statement.
        format!("SELECT set_config('role', '{}', true)", other.schema),
        format!(
            "UPDATE pg_settings SET setting = '{}' WHERE name = 'role'",
            other.schema
        ),
        format!("DO $$ BEGIN SET LOCAL ROLE {}; END $$", other.schema),
        "DO $$ BEGIN RESET ROLE; END $$".to_owned(),
    ] {
        let context = server
            .app
            .directory
            .admit_system(mine.id, "test")
            .await
            .unwrap();
        let count = StatementCount::default();
        let begun = server
            .app
            .tenants
            .begin(Arc::new(context), Access::Write, &count)
            .await;
        let mut tx = begun.unwrap();
        tx.batch_execute("SELECT * FROM products").await.unwrap();
        let message = refusal(&mut tx, &sql).await;
        let refused = message.contains("permission denied") || message.contains("must be owner");
        assert!(refused, "{sql}: {message}");
    }
}

#[tokio::test]
async fn a_reading_transaction_can_not_write() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let context = server
        .app
        .directory
        .admit_system(dealer.id, "test")
        .await
        .unwrap();
    let count = StatementCount::default();
    let begun = server
        .app
        .tenants
        .begin(Arc::new(context), Access::Read, &count)
        .await;
    let message = refusal(&mut begun.unwrap(), "DELETE FROM stock_levels").await;
    assert!(message.contains("read-only"), "{message}");
}

#[tokio::test]
async fn who_notifies_for_himself_signs_nobody_out() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    until("revocations are heard of", async || {
        server.app.directory.is_current()
    })
    .await;
    let directory = &server.app.directory;
    let context = directory.admit_system(mine.id, "test").await.unwrap();
    let count = StatementCount::default();
    let tenants = &server.app.tenants;
    let begun = tenants.begin(Arc::new(context), Access::Write, &count);
    let mut tx = begun.await.unwrap();
    // No function, so that no privilege is asked for.
    let forged = format!("NOTIFY tubex_revocations, 'USER {} 99'", other.owner.uuid());
    tx.batch_execute(&forged).await.unwrap();
    tx.commit().await.unwrap();
    let raised = "UPDATE platform.users SET epoch = epoch + 1 WHERE id::text = $1";
    let owner = owner().await;
    owner
        .execute(raised, &[&mine.owner.uuid().to_string()])
        .await
        .unwrap();
    // What was told later and is true has been heard.
    let units = "{ units { totalCount } }";
    until("the revocation is heard of", async || {
        mine.client.send(units, serde_json::json!({})).await.code() == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(other.client.get(units).await["units"]["totalCount"], 27);
}
