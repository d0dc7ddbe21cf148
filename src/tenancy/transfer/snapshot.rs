//! One moment of one dealer, to be read table by table.

use futures_util::TryStreamExt;

use super::Transfer;
use super::error::TransferError;
use super::session::stand_on;
use super::shape::{Table, tables};
use super::tally::{Amount, Tally};
use crate::db::copy::{CopyConn, Rows};
use crate::db::error::DbError;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::{Dealer, DealerStatus, dealer_find};
use crate::tenancy::migrate::{MigrationSet, turn_key};

/// A transaction that sees one moment of a dealer, as his own role.
pub(super) struct Snapshot {
    conn: CopyConn,
    /// Keeps migrations away, which would change the tables under the snapshot.
    _turn: CopyConn,
    /// Whose.
    pub(super) dealer: Dealer,
    /// Newest migration of his schema.
    pub(super) version: String,
    /// His tables.
    pub(super) tables: Vec<Table>,
}

impl Snapshot {
    /// Begins to read `id`, whether he is open or closed.
    pub(super) async fn open(transfer: &Transfer, id: DealerId) -> Result<Self, TransferError> {
        let known = transfer.dealer(id).await?;
        let schema = &known.schema;
        let turn = format!(
            "BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended('{}', 0))",
            turn_key(schema)
        );
        let turn = transfer.holder(&turn).await.map_err(|error| match error {
            DbError::Timeout(_) => TransferError::Migrating(id),
            error => error.into(),
        })?;
        // Read again, since a migration or a restore may just have ended.
        let dealer = transfer.dealer(id).await?;
        if dealer.schema != known.schema {
            return Err(TransferError::Moved(id));
        }
        let version = known_version(dealer.version.clone())?;
        let (schema, at) = (dealer.schema.clone(), version.clone());
        // Migrations that wait for our turn to end may have taken all connections of the pool.
        let tables = transfer
            .owner
            .run_alone(move |conn| tables(conn, &schema, &at))
            .await?;
        let conn = transfer.session().await?;
        let mode = "ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        stand_on(&conn, mode, &dealer.schema).await?;
        hold_still(&conn, &tables).await?;
        Ok(Self {
            conn,
            _turn: turn,
            dealer,
            version,
            tables,
        })
    }

    /// All rows of a table.
    pub(super) async fn rows(&self, table: &Table) -> Result<Rows<DbError>, TransferError> {
        Ok(self.conn.copy_out(&table.copy_out()).await?)
    }

    /// Nothing more is read.
    pub(super) async fn close(self) -> Result<(), TransferError> {
        self.conn.run("COMMIT").await?;
        self.conn.close();
        Ok(())
    }
}

/// The snapshot is of the moment of the first SELECT, which comes after this
/// lock: nobody changes a table between that moment and its turn to be read.
async fn hold_still(conn: &CopyConn, tables: &[Table]) -> Result<(), TransferError> {
    let names: Vec<String> = tables.iter().map(Table::quoted).collect();
    if names.is_empty() {
        return Ok(());
    }
    let lock = format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "));
    Ok(conn.run(&lock).await?)
}

/// What the rows of `table` amount to, as `conn` sees them.
pub(super) async fn amount(conn: &CopyConn, table: &Table) -> Result<Amount, TransferError> {
    let mut rows = conn.copy_out(&table.copy_out()).await?;
    let mut tally = Tally::default();
    while let Some(piece) = rows.try_next().await? {
        tally.add(&piece);
    }
    Ok(tally.finish())
}

/// The version, if this program has the migrations up to it.
pub(super) fn known_version(version: Option<String>) -> Result<String, TransferError> {
    let version = version.unwrap_or_default();
    match MigrationSet::tenant()?.until(&version) {
        Some(_set) => Ok(version),
        None => Err(TransferError::UnknownVersion(version)),
    }
}

impl Transfer {
    /// The dealer, if he has a schema that is whole.
    pub async fn dealer(&self, id: DealerId) -> Result<Dealer, TransferError> {
        let mut conn = self.control.checkout().await?;
        let dealer = dealer_find(&mut conn, id).await?;
        let dealer = dealer.ok_or(TransferError::NoDealer(id))?;
        let is_whole = DealerStatus::WITH_SCHEMA.contains(&dealer.status);
        if !is_whole || dealer.status == DealerStatus::Spare {
            return Err(TransferError::NoSchema(id, dealer.status));
        }
        Ok(dealer)
    }
}
