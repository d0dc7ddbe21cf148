//! Sessions that copy: how values are written, and on whose schema.

use super::Transfer;
use super::error::TransferError;
use crate::db::copy::CopyConn;
use crate::db::error::DbResult;
use crate::tenancy::schema_name::SchemaName;

/// Text for every value that reads back as the same value, on any server.
const EXACT: &str = "SET search_path = ''; SET client_encoding = 'UTF8'; SET timezone = 'UTC'; \
    SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 1; \
    SET bytea_output = 'hex'; SET statement_timeout = 0; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '10min'";
/// A session that does nothing but hold a lock, however long that takes.
const HOLDING: &str = "SET search_path = ''; SET statement_timeout = 0; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = 0";

impl Transfer {
    /// A session of the request role, which has no right before [`stand_on`].
    pub(super) async fn session(&self) -> DbResult<CopyConn> {
        CopyConn::open(&self.connector, &self.request_url, EXACT).await
    }

    /// A session of the owner that takes a lock by `sql` and holds it until it
    /// is dropped, by whatever cause.
    pub(super) async fn holder(&self, sql: &str) -> DbResult<CopyConn> {
        let conn = CopyConn::open(&self.connector, &self.owner_url, HOLDING).await?;
        conn.run(sql).await?;
        Ok(conn)
    }
}

/// The first words of a transaction on one dealer's schema: bare names mean his
/// tables, and his role can touch no other's.
pub(super) async fn stand_on(
    conn: &CopyConn,
    mode: &str,
    schema: &SchemaName,
) -> Result<(), TransferError> {
    let quoted = schema.quoted();
    let begin = format!(
        "BEGIN {mode}; SET LOCAL search_path TO {quoted}, public, pg_temp; SET LOCAL ROLE {quoted}"
    );
    Ok(conn.run(&begin).await?)
}
