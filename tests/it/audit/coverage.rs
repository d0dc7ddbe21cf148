//! Every table of every schema has the trigger, however the schema came to be.

use std::collections::BTreeSet;

use tubex::app::Core;
use tubex::kernel::clock::Clock;
use tubex::tenancy::audit::tables::{EXEMPT, HIDDEN, LEFT_OUT, LOG, PARTS, is_audited};
use tubex::tenancy::migrate::{migrate_schema, revert_schema};
use tubex::tenancy::schema_name::SchemaName;
use tubex::tenancy::spares::Turn;

use crate::support::{Server, own_settings, owner, owner_of};
use crate::transfer::{adopt, export, import_new, quiet};

/// Tables of a schema without the trigger, by PostgreSQL's catalogs.
const WITHOUT: &str = "
    SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND t.tgenabled = 'O' AND p.oid = 'spine.audit'::regproc
          -- AFTER (no bit of BEFORE), for each ROW, on INSERT, DELETE and UPDATE.
          AND t.tgtype = 1 + 4 + 8 + 16)";

async fn assert_whole(client: &tokio_postgres::Client, schema: &str, how: &str) {
    let rows = client.query(WITHOUT, &[&schema]).await.unwrap();
    let without: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let exempt = EXEMPT
        .iter()
        .map(|(name, _)| *name)
        .chain(PARTS.iter().copied());
    let exempt: BTreeSet<String> = exempt.map(str::to_owned).collect();
    assert_eq!(without, exempt, "{how}");
}

#[tokio::test]
async fn every_table_has_it_in_a_new_a_migrated_and_a_restored_schema() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = owner().await;
    assert_whole(&client, &dealer.schema, "made for a dealer who waits").await;
    let (_, file) = export(&server.app, dealer.id).await;
    let (_, restored) = import_new(&server.app, &file).await;
    assert_whole(&client, &restored, "restored from a file").await;
    let transfer = &server.app.core.transfer;
    let staged = transfer.clone_of(dealer.id, &quiet).await.unwrap();
    let (_, cloned) = adopt(&server.app, staged).await;
    assert_whole(&client, &cloned, "cloned").await;
    for steps in [1, 3] {
        let schema: SchemaName = dealer.schema.parse().unwrap();
        let core = &server.app.core;
        let work = move |conn: &mut tubex::db::owner::OwnerConn| {
            revert_schema(conn, &schema, steps)?;
            migrate_schema(conn, &schema)
        };
        core.owner.run(work).await.unwrap();
        assert_whole(&client, &dealer.schema, "migrated").await;
    }
}

#[tokio::test]
async fn every_table_has_it_in_a_spare() {
    let database = own_settings("audit_spare").await;
    let client = owner_of(&database).await;
    let spares = Core::new(&database, 4, Clock::system()).unwrap().spares();
    let fill = move || spares.refill(1, Turn::Try, &|| true);
    tokio::task::spawn_blocking(fill).await.unwrap().unwrap();
    let spare = "SELECT schema_name FROM platform.dealers WHERE status = 'SPARE' AND schema_version IS NOT NULL";
    let rows = client.query(spare, &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_whole(&client, rows[0].get(0), "a spare").await;
}

#[tokio::test]
async fn what_is_declared_is_there() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = owner().await;
    let columns = "SELECT c.relname::text, a.attname::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')";
    let rows = client.query(columns, &[&dealer.schema]).await.unwrap();
    let known: BTreeSet<(String, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (table, names) in HIDDEN.iter().chain(LEFT_OUT) {
        for name in *names {
            assert!(
                known.contains(&((*table).to_owned(), (*name).to_owned())),
                "{table}.{name}"
            );
        }
    }
    assert!(
        EXEMPT
            .iter()
            .all(|(name, why)| known.iter().any(|(table, _)| table == name) && why.len() > 8)
    );
    assert!(LOG.iter().all(|name| !is_audited(name)));
    // What sounds like a secret is one, or has another name.
    for (table, column) in known.iter().filter(|(table, _)| is_audited(table)) {
        let sounds = ["secret", "password", "token", "hash", "pin"];
        let is_hidden = HIDDEN
            .iter()
            .any(|(name, columns)| name == table && columns.contains(&column.as_str()));
        let is_one = column.split('_').any(|word| sounds.contains(&word));
        assert!(!is_one || is_hidden, "declare {table}.{column} in HIDDEN");
    }
}
