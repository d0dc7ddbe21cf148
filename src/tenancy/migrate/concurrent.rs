//! An index on a large table of one dealer, built beside his work.
//!
//! Such a build is no transaction: killed in the middle, it leaves an index that
//! is kept up to date and never used. So what is there is looked at first, and
//! the version is recorded last.

use std::collections::HashSet;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::error::MigrateError;
use super::index::IndexStep;
use super::set::Step;
use super::step::{applied, failed, record_version, turn_key};
use crate::db::owner::OwnerConn;
use crate::tenancy::schema_name::SchemaName;

diesel::define_sql_function! { fn pg_try_advisory_lock(key: BigInt) -> Bool; }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }

/// The name of the lock that a process holds while it builds such an index. Two
/// builds would wait for each other's snapshots.
const BUILDING: &str = "tubex builds an index";

/// How long to wait for what.
pub(super) struct Waits {
    /// For the table's lock, when something is dropped: his readers wait, too.
    pub(super) lock: Duration,
    /// For transactions that are older than the index, of whomever.
    pub(super) snapshot: Duration,
}

/// Builds the index of `step` unless it is there, and records it. Says whether
/// this process did it. Leaves locks and settings on the connection.
pub(super) fn build(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    step: &Step,
    index: &IndexStep,
    waits: &Waits,
) -> Result<bool, MigrateError> {
    if !try_lock(conn, &turn_key(schema))? {
        return Err(MigrateError::Busy);
    }
    if !try_lock(conn, BUILDING)? {
        return Err(MigrateError::IndexTurn);
    }
    let path = format!("SET search_path TO {}, public", schema.quoted());
    conn.batch_execute(&path)?;
    let versions = applied(conn)?;
    if versions.contains(&step.version) {
        return Ok(false);
    }
    if index.is_valid(conn, schema)? == Some(false) {
        drop_broken(conn, schema, index, waits)?;
    }
    if index.is_valid(conn, schema)?.is_none() {
        let limit = format!("SET lock_timeout = {}", waits.snapshot.as_millis());
        conn.batch_execute(&limit)?;
        if let Err(error) = conn.batch_execute(&index.concurrent()) {
            // Else every write of the dealer would go on paying for it. If that
            // fails, the next run will do it.
            let _dropped = drop_broken(conn, schema, index, waits);
            return Err(failed(step, error));
        }
    }
    record(conn, schema, step, versions)?;
    Ok(true)
}

fn try_lock(conn: &mut OwnerConn, name: &str) -> QueryResult<bool> {
    diesel::select(pg_try_advisory_lock(hashtextextended(name, 0))).get_result(conn)
}

fn drop_broken(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    index: &IndexStep,
    waits: &Waits,
) -> Result<(), MigrateError> {
    let limit = format!("SET lock_timeout = {}", waits.lock.as_millis());
    conn.batch_execute(&limit)?;
    Ok(conn.batch_execute(&index.drop_statement(schema))?)
}

fn record(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    step: &Step,
    mut versions: HashSet<String>,
) -> Result<(), MigrateError> {
    versions.insert(step.version.clone());
    Ok(conn.transaction(|conn| {
        conn.batch_execute(&step.remember())?;
        record_version(conn, schema, versions)
    })?)
}

/// Gives the locks back before the connection is closed, which takes the server
/// a moment to notice.
pub(super) fn unlock(conn: &mut OwnerConn) {
    // Closing does the same.
    let _unlocked = conn.batch_execute("SELECT pg_advisory_unlock_all()");
}
