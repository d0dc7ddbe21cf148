//! The owner of all schemas, who can do to a shop what no request can.

use secrecy::ExposeSecret;
use tokio_postgres::{Client, NoTls};
use tubex::config::DatabaseSettings;

use super::database;
use super::wait::until;

/// A connection of the owner to the shared database.
pub async fn owner() -> Client {
    let settings = database::request_settings().await;
    owner_of(&settings).await
}

/// A connection of the owner to another database.
pub async fn owner_of(database: &DatabaseSettings) -> Client {
    let url = database.database_owner_url.expose_secret();
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    // Whose changes of rows are audited as well.
    client
        .batch_execute("SET tubex.actor = 'system:test'")
        .await
        .unwrap();
    client
}

/// A lock on a table of a dealer: writers wait, readers do not.
pub struct Held {
    holder: Client,
    watcher: Client,
    table: String,
}

/// Takes the lock.
pub async fn hold(schema: &str, table: &str) -> Held {
    let table = format!("\"{schema}\".{table}");
    let (holder, watcher) = (owner().await, owner().await);
    let lock = format!("BEGIN; LOCK TABLE {table} IN SHARE MODE");
    holder.batch_execute(&lock).await.unwrap();
    Held {
        holder,
        watcher,
        table,
    }
}

impl Held {
    /// Waits until somebody waits for the table.
    pub async fn is_wanted(&self) {
        self.is_wanted_by(1).await;
    }

    /// Waits until so many wait for the table.
    pub async fn is_wanted_by(&self, count: usize) {
        let waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass";
        until("somebody waits for the lock", async || {
            let found = self.watcher.query(waiting, &[&self.table]).await;
            found.unwrap().len() >= count
        })
        .await;
    }

    /// Lets the others go on.
    pub async fn release(self) {
        self.holder.batch_execute("ROLLBACK").await.unwrap();
    }
}
