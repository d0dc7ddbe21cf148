//! SQL of trusted operations.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::trusted_operations;
use crate::db::error::DbResult;

/// Rows of one statement.
const AT_ONCE: usize = 500;

/// A document as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = trusted_operations, check_for_backend(diesel::pg::Pg))]
pub struct TrustedRow {
    /// SHA-256 of the document, in hexadecimal.
    pub sha256: String,
    /// The document.
    pub document: String,
    /// What the client calls it.
    pub name: Option<String>,
    /// When it was imported last.
    pub imported_at: DateTime<Utc>,
}

/// By what two states of the table are told apart.
pub type Mark = (i64, Option<DateTime<Utc>>);

/// The state of the table.
pub async fn mark(conn: &mut ControlConn) -> DbResult<Mark> {
    let query =
        trusted_operations::table.select((count_star(), max(trusted_operations::imported_at)));
    Ok(query.first(&mut **conn).await?)
}

/// All documents, by name.
pub async fn all(conn: &mut ControlConn) -> DbResult<Vec<TrustedRow>> {
    let query = trusted_operations::table
        .order((trusted_operations::name, trusted_operations::sha256))
        .select(TrustedRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Adds documents; those that are there get the new name and time.
pub async fn upsert(conn: &mut ControlConn, rows: &[TrustedRow]) -> DbResult<()> {
    for some in rows.chunks(AT_ONCE) {
        let query = diesel::insert_into(trusted_operations::table)
            .values(some)
            .on_conflict(trusted_operations::sha256)
            .do_update()
            .set((
                trusted_operations::name.eq(excluded(trusted_operations::name)),
                trusted_operations::imported_at.eq(excluded(trusted_operations::imported_at)),
            ));
        query.execute(&mut **conn).await?;
    }
    Ok(())
}

/// Takes documents out; gives how many were there.
pub async fn remove(conn: &mut ControlConn, hashes: &[String]) -> DbResult<usize> {
    let these = trusted_operations::table.filter(trusted_operations::sha256.eq_any(hashes));
    Ok(diesel::delete(these).execute(&mut **conn).await?)
}
