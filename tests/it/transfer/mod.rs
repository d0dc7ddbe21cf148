//! A dealer as a file: exact, whole, and never half there.

mod archives;
mod damaged;
mod killed;
mod known;
mod restored;
mod round_trip;
mod snapshot;

use std::collections::BTreeMap;
use std::io::Cursor;

use tokio_postgres::Client;
use tubex::app::App;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::transfer::{
    Archive, Destination, Event, Manifest, Replaced, Staged, TransferError,
    dealer_replace_staged_tx,
};

/// Says nothing on the way.
pub fn quiet(_event: Event) {}

/// A dealer as a file in memory.
pub async fn export(app: &App, dealer: DealerId) -> (Manifest, Vec<u8>) {
    try_export(app, dealer).await.unwrap()
}

pub async fn try_export(app: &App, dealer: DealerId) -> Result<(Manifest, Vec<u8>), TransferError> {
    let transfer = &app.core.transfer;
    let (manifest, written) = transfer.export(dealer, Vec::new(), &quiet).await?;
    Ok((manifest, written.out))
}

pub fn opened(bytes: &[u8]) -> Archive<Cursor<Vec<u8>>> {
    Archive::open(Cursor::new(bytes.to_vec())).unwrap()
}

/// A schema made of a file, not in use yet.
pub async fn stage(app: &App, bytes: &[u8]) -> Result<Staged, TransferError> {
    let archive = Archive::open(Cursor::new(bytes.to_vec()))?;
    let transfer = &app.core.transfer;
    transfer.import(archive, Destination::New, &quiet).await
}

/// A new dealer made of a file; gives his schema.
pub async fn import_new(app: &App, bytes: &[u8]) -> (DealerId, String) {
    let staged = stage(app, bytes).await.unwrap();
    adopt(app, staged).await
}

pub async fn adopt(app: &App, staged: Staged) -> (DealerId, String) {
    let new = NewDealer {
        name: "Taken in".to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    let dealers = &app.core.dealers;
    let adoption = dealers.prepare_adoption(new, None).await.unwrap();
    let dealer = dealers.adopt(staged, adoption).await.unwrap().dealer;
    (dealer.id, dealer.schema.as_str().to_owned())
}

/// All rows of all tables of a schema as PostgreSQL writes them, generated
/// columns included, but for the word that they came from elsewhere; found by the catalogue and not by what the program knows.
pub async fn content(owner: &Client, schema: &str) -> BTreeMap<String, Vec<String>> {
    let mut content = BTreeMap::new();
    for table in tables(owner, schema).await {
        // The columns by name: two schemas may have them in another order.
        let rows = format!(
            "SELECT to_jsonb(t)::text FROM \"{schema}\".\"{table}\" t
             WHERE to_jsonb(t) ->> 'action' IS DISTINCT FROM 'ARRIVED' ORDER BY to_jsonb(t)::text COLLATE \"C\""
        );
        let rows = owner.query(&rows, &[]).await.unwrap();
        content.insert(table, rows.iter().map(|row| row.get(0)).collect());
    }
    content
}

/// The tables of a schema with a dealer's rows; what was told of them stays behind
/// (tests/it/events/transfer.rs).
pub async fn tables(owner: &Client, schema: &str) -> Vec<String> {
    let tables =
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%'
        AND c.relname NOT IN ('events', 'event_counter') ORDER BY 1";
    let rows = owner.query(tables, &[&schema]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Sets the state of a dealer, as an operator does.
pub async fn set_status(app: &App, owner: &Client, dealer: DealerId, status: &str) {
    let update = "UPDATE platform.dealers SET status = $2 WHERE id = $1::text::uuid";
    owner
        .execute(update, &[&dealer.uuid().to_string(), &status])
        .await
        .unwrap();
    app.directory.forget(dealer);
}

/// Switches a dealer to a staged schema, without a note.
pub async fn replace(
    app: &App,
    staged: Staged,
    dealer: DealerId,
) -> Result<Replaced, TransferError> {
    let mut conn = app.core.control.checkout().await?;
    let now = app.core.clock.now();
    conn.transaction(async |conn| dealer_replace_staged_tx(conn, &staged, dealer, now).await)
        .await
}
