//! One dealer's schema: all that it lacks in one transaction, unless an index on
//! a large table is part of it.

use std::collections::HashSet;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_migrations::MigrationHarness;

use super::concurrent::{Waits, build, unlock};
use super::error::MigrateError;
use super::index::IndexStep;
use super::report::Options;
use super::set::{MigrationSet, Step};
use super::statements::statements;
use super::survey::Target;
use crate::db::control_tables::{dealers, migration_failures};
use crate::db::error::DbError;
use crate::db::owner::{OwnerConn, OwnerPool, take_turn};
use crate::db::pipeline::pipeline;
use crate::tenancy::audit::attach::attach;
use crate::tenancy::audit::words;
use crate::tenancy::build::add_reference_rows;
use crate::tenancy::schema_name::SchemaName;

diesel::define_sql_function! { fn pg_try_advisory_xact_lock(key: BigInt) -> Bool; }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }
diesel::define_sql_function! { fn current_schema() -> Nullable<Text>; }

/// Brings one schema up to date with the set of this program, after everybody
/// who is at work on it; returns the versions applied.
pub fn migrate_schema(
    conn: &mut OwnerConn,
    schema: &SchemaName,
) -> Result<Vec<String>, MigrateError> {
    migrate_schema_with(conn, MigrationSet::tenant()?, schema)
}

/// As [`migrate_schema`], with the migrations of `set`.
pub fn migrate_schema_with(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
) -> Result<Vec<String>, MigrateError> {
    conn.transaction(|conn| {
        wait_for_turn(conn, schema)?;
        let applied = apply(conn, set, schema, None)?;
        attach(conn, schema)?;
        Ok(applied.versions)
    })
}

/// As [`migrate_schema_with`], of a schema that is to take rows as they were written
/// elsewhere: they are no changes, so nobody is asked who made them. Whoever fills it
/// calls [`migrate_schema`] at the end.
pub(in crate::tenancy) fn migrate_to_fill(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
) -> Result<(), MigrateError> {
    conn.transaction(|conn| {
        wait_for_turn(conn, schema)?;
        apply(conn, set, schema, None).map(|_done| ())
    })
}

/// Undoes the last `steps` migrations of one schema, after everybody who is at
/// work on it.
pub fn revert_schema(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    steps: usize,
) -> Result<(), MigrateError> {
    let set = MigrationSet::tenant()?;
    conn.transaction(|conn| {
        wait_for_turn(conn, schema)?;
        for _ in 0..steps {
            undo(conn, set, schema)?;
        }
        Ok(())
    })
}

/// As [`migrate_schema`], without waiting: neither for another process at work
/// on the schema, nor longer than the options say for a table in use.
///
/// Whoever waits for a table's lock has all its later readers wait behind him,
/// so the time-out bounds what a migration can do to a dealer who is open. An
/// index on a large table is built between two transactions.
pub(super) fn migrate_target(
    owner: &OwnerPool,
    set: &MigrationSet,
    target: &Target,
    options: &Options,
) -> Result<Vec<String>, MigrateError> {
    let schema = target.schema.parse()?;
    let mut changed = Vec::new();
    loop {
        let Applied { versions, large } = owner.run_blocking(|conn| {
            conn.transaction(|conn| {
                try_turn(conn, &schema, options.lock_timeout)?;
                let done = apply(conn, set, &schema, options.concurrent_index_above)?;
                attach(conn, &schema)?;
                if done.large.is_none() {
                    // Whoever has lost all his tables has lost these rows, too.
                    if target.version.is_none() {
                        add_reference_rows(conn)?;
                    }
                    let failure = migration_failures::table.find(target.dealer);
                    diesel::delete(failure).execute(conn)?;
                }
                Ok::<_, MigrateError>(done)
            })
        })?;
        changed.extend(versions);
        let Some((step, index)) = large else {
            return Ok(changed);
        };
        let waits = Waits {
            lock: options.lock_timeout,
            snapshot: options.patience,
        };
        let is_built = owner.run_apart(|conn| {
            let built = build(conn, &schema, step, index, &waits);
            unlock(conn);
            built
        })?;
        changed.extend(is_built.then(|| step.version.clone()));
    }
}

fn wait_for_turn(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    let key = turn_key(schema);
    let lock = format!("SELECT pg_advisory_xact_lock(hashtextextended('{key}', 0))");
    take_turn(conn, &lock)?;
    stand_on(conn, schema, "")
}

pub(super) fn try_turn(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    lock_timeout: Duration,
) -> Result<(), MigrateError> {
    let lock = pg_try_advisory_xact_lock(hashtextextended(turn_key(schema), 0));
    if !diesel::select(lock).get_result::<bool>(conn)? {
        return Err(MigrateError::Busy);
    }
    let limit = format!("SET LOCAL lock_timeout = {};", lock_timeout.as_millis());
    Ok(stand_on(conn, schema, &limit)?)
}

/// The name of the lock that a process holds while it changes a schema.
pub(in crate::tenancy) fn turn_key(schema: &SchemaName) -> String {
    format!("tubex migrates {}", schema.quoted())
}

/// Local to the transaction, so that no path stays behind on the connection.
pub(in crate::tenancy) fn stand_on(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    more: &str,
) -> QueryResult<()> {
    let path = schema.quoted();
    let actor = words::system("migration");
    conn.batch_execute(&format!(
        "{actor}{more} SET LOCAL search_path TO {path}, public"
    ))
}

/// As [`migrate_schema`], for a schema that nobody else knows of, in the
/// transaction of the caller. Leaves the schema on the path.
pub(in crate::tenancy) fn apply_all(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
) -> Result<(), MigrateError> {
    stand_on(conn, schema, "")?;
    apply(conn, set, schema, None)?;
    Ok(attach(conn, schema)?)
}

/// What one transaction did.
struct Applied<'a> {
    versions: Vec<String>,
    /// An index that has to be built otherwise; what follows it is left, too.
    large: Option<(&'a Step, &'a IndexStep)>,
}

/// Applies what the schema lacks, and tells both records of it, up to the first
/// index on a table of more than `above` rows.
fn apply<'a>(
    conn: &mut OwnerConn,
    set: &'a MigrationSet,
    schema: &SchemaName,
    above: Option<i64>,
) -> Result<Applied<'a>, MigrateError> {
    let mut applied = applied_or_none(conn, schema)?;
    let (mut versions, mut large) = (Vec::new(), None);
    for step in set.pending(&applied) {
        if let (Some(index), Some(rows)) = (&step.index, above)
            && index.is_large(conn, schema, rows)?
        {
            large = Some((step, index));
            break;
        }
        let texts = step.statements.iter().map(String::as_str).collect();
        run(conn, step, texts, &step.remember())?;
        versions.push(step.version.clone());
    }
    applied.extend(versions.iter().cloned());
    record_version(conn, schema, applied)?;
    Ok(Applied { versions, large })
}

/// Takes back the last migration; returns its version.
pub(super) fn undo(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    schema: &SchemaName,
) -> Result<String, MigrateError> {
    let mut applied = applied(conn)?;
    let last = applied.iter().max().cloned();
    let last = last.ok_or(MigrateError::NothingToRevert)?;
    let step = set.steps().iter().find(|step| step.version == last);
    let step = step.ok_or_else(|| MigrateError::Unknown(last.clone()))?;
    let Some(down) = &step.down else {
        let fault = "it has no down.sql";
        let version = last;
        return Err(MigrateError::Set { version, fault });
    };
    let found = statements(down);
    let texts = found.iter().map(|statement| statement.text).collect();
    run(conn, step, texts, &step.forget())?;
    // A table that is back has to be given its trigger again.
    attach(conn, schema)?;
    applied.remove(&last);
    record_version(conn, schema, applied)?;
    Ok(last)
}

/// A migration and its record, statement by statement: a Citus coordinator
/// takes no message with several.
fn run<'a>(
    conn: &mut OwnerConn,
    step: &'a Step,
    mut texts: Vec<&'a str>,
    record: &'a str,
) -> Result<(), MigrateError> {
    texts.push(record);
    pipeline(conn, &texts).map_err(|error| failed(step, error))
}

/// Tells a migration that is wrong from a database that is busy or away.
pub(in crate::tenancy) fn failed(step: &Step, error: diesel::result::Error) -> MigrateError {
    match DbError::from(error) {
        DbError::Other(cause) => MigrateError::Migration(format!("{}: {cause}", step.name).into()),
        DbError::Unique { constraint } => {
            let cause = format!("{}: rows repeat in {constraint}", step.name);
            MigrateError::Migration(cause.into())
        }
        DbError::ForeignKey { constraint } => {
            let cause = format!("{}: rows without a parent in {constraint}", step.name);
            MigrateError::Migration(cause.into())
        }
        passing => MigrateError::Db(passing),
    }
}

/// The versions in diesel's table; where there are none the table may be new,
/// and is made ours alone: default privileges gave it to the dealer's role.
pub(in crate::tenancy) fn applied_or_none(
    conn: &mut OwnerConn,
    schema: &SchemaName,
) -> Result<HashSet<String>, MigrateError> {
    let applied = applied(conn)?;
    if applied.is_empty() {
        conn.batch_execute(&format!(
            "REVOKE ALL ON __diesel_schema_migrations FROM {}",
            schema.quoted()
        ))?;
    }
    Ok(applied)
}

/// The versions in diesel's table, which is made if it is missing.
pub(super) fn applied(conn: &mut OwnerConn) -> Result<HashSet<String>, MigrateError> {
    // The dealer may have been dropped since he was found; the next schema on
    // the path would get his tables.
    let stands_on: Option<String> = diesel::select(current_schema()).get_result(conn)?;
    if stands_on.is_none_or(|schema| schema == "public") {
        return Err(MigrateError::Gone);
    }
    let applied = conn.applied_migrations().map_err(lost_or_failed)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// A lock that was not granted must be told from a migration that is wrong.
fn lost_or_failed(error: Box<dyn std::error::Error + Send + Sync>) -> MigrateError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => (*error).into(),
        Err(error) => MigrateError::Migration(error),
    }
}

/// Tells the directory where a schema stands, in the transaction that put it there.
pub(in crate::tenancy) fn record_version(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    applied: HashSet<String>,
) -> QueryResult<()> {
    let version = applied.into_iter().max();
    diesel::update(dealers::table)
        .filter(dealers::schema_name.eq(schema.as_str()))
        .filter(dealers::schema_version.is_distinct_from(&version))
        .set(dealers::schema_version.eq(&version))
        .execute(conn)
        .map(|_rows| ())
}
