//! Filling a new schema, and reading back what came of it.

use super::Seen;
use super::error::{FileFault, TransferError};
use super::report::Event;
use super::session::stand_on;
use super::shape::Table;
use super::snapshot::amount;
use super::source::Source;
use crate::db::copy::CopyConn;
use crate::db::error::DbError;
use crate::tenancy::schema_name::SchemaName;

/// Fills `tables`, parents first, as the schema's own role, in one transaction.
///
/// Then every table is read back in the order and the words of an export, and
/// has to amount to what was sent; only then does the transaction last.
pub(super) async fn fill(
    conn: &CopyConn,
    schema: &SchemaName,
    tables: &[Table],
    source: &mut impl Source,
    seen: Seen<'_>,
) -> Result<(), TransferError> {
    stand_on(conn, "ISOLATION LEVEL READ COMMITTED, READ WRITE", schema).await?;
    // A migration may have brought rows, which the source has too.
    for table in tables.iter().rev() {
        conn.run(&format!("DELETE FROM {}", table.quoted())).await?;
    }
    seen(Event::Begins("tables filled", tables.len()));
    let mut sent = Vec::with_capacity(tables.len());
    for table in tables {
        let rows = source.rows(table).await?;
        let stored = conn
            .copy_in::<TransferError>(&table.copy_in(), rows)
            .await
            .map_err(|error| refused(table, error))?;
        let amount = source.amount(table).await?;
        if stored != amount.rows {
            return Err(TransferError::Differs(table.name.clone()));
        }
        sent.push(amount);
        seen(Event::Done);
    }
    seen(Event::Begins("tables compared", tables.len()));
    for (table, sent) in tables.iter().zip(&sent) {
        if amount(conn, table).await?.difference(sent).is_some() {
            return Err(TransferError::Differs(table.name.clone()));
        }
        seen(Event::Done);
    }
    Ok(conn.run("COMMIT").await?)
}

/// Rows that the tables do not take are a fault of the file.
fn refused(table: &Table, error: TransferError) -> TransferError {
    let fault = match error {
        TransferError::Db(DbError::Unique { .. }) => "it has rows with the same key",
        TransferError::Db(DbError::ForeignKey { .. }) => "it has rows that refer to none",
        TransferError::Db(DbError::Other(cause)) => {
            tracing::warn!(table = %table.name, %cause, "rows were refused");
            "it has rows that the table does not take; the log says which"
        }
        other => return other,
    };
    let table = table.name.clone();
    FileFault::Table { table, fault }.into()
}
