//! The record of dealers whose migration failed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::error::MigrateError;
use crate::db::control_tables::migration_failures;
use crate::db::owner::OwnerConn;
use crate::kernel::ids::DealerId;

/// Longest cause that is kept; the database quotes the whole statement.
const CAUSE_LIMIT: usize = 2000;

/// Why a dealer's last migration failed.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = migration_failures)]
pub struct Failure {
    /// Whose.
    pub dealer_id: DealerId,
    /// The error, with what the database says.
    pub cause: String,
    /// When.
    pub failed_at: DateTime<Utc>,
}

/// All that are on record, the oldest first.
pub fn failures(conn: &mut OwnerConn) -> Result<Vec<Failure>, MigrateError> {
    let rows = migration_failures::table.order(migration_failures::failed_at);
    Ok(rows.load(conn)?)
}

/// Puts a failure on record, in place of an older one of the same dealer.
pub(super) fn record(
    conn: &mut OwnerConn,
    dealer: DealerId,
    error: &MigrateError,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    let failure = Failure {
        dealer_id: dealer,
        cause: error.to_string().chars().take(CAUSE_LIMIT).collect(),
        failed_at: now,
    };
    diesel::insert_into(migration_failures::table)
        .values(&failure)
        .on_conflict(migration_failures::dealer_id)
        .do_update()
        .set(&failure)
        .execute(conn)?;
    Ok(())
}
