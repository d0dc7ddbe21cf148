//! The control set, with diesel's own harness: it runs once per release.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_migrations::MigrationHarness;

use super::CONTROL;
use super::error::MigrateError;
use super::set::MigrationSet;
use crate::db::owner::{OwnerConn, take_turn};

diesel::table! {
    platform.__diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Brings the `platform` schema up to date; returns the versions applied.
pub fn migrate_control(conn: &mut OwnerConn) -> Result<Vec<String>, MigrateError> {
    conn.transaction(|conn| {
        // Nodes that start together migrate one after the other: the second
        // finds nothing left to do.
        take_turn(
            conn,
            "SELECT pg_advisory_xact_lock(hashtextextended('tubex migrates platform', 0))",
        )?;
        // The directory stays with the coordinator; dealers' schemas are spread.
        conn.batch_execute(
            "SET LOCAL search_path TO platform, public; \
             SET LOCAL citus.enable_schema_based_sharding = off",
        )?;
        conn.batch_execute("CREATE SCHEMA IF NOT EXISTS platform")?;
        let applied = conn
            .run_pending_migrations(CONTROL)
            .map_err(MigrateError::Migration)?;
        Ok(applied.iter().map(ToString::to_string).collect())
    })
}

/// What the control plane lacks. Changes nothing.
pub fn pending_control(conn: &mut OwnerConn) -> Result<Vec<String>, MigrateError> {
    #[expect(clippy::disallowed_methods, reason = "diesel has no to_regclass")]
    let exists =
        diesel::dsl::sql::<Bool>("to_regclass('platform.__diesel_schema_migrations') IS NOT NULL");
    let applied: Vec<String> = if diesel::select(exists).get_result(conn)? {
        let migrations = __diesel_schema_migrations::table;
        migrations
            .select(__diesel_schema_migrations::version)
            .load(conn)?
    } else {
        Vec::new()
    };
    let (set, applied) = (MigrationSet::control()?, applied.into_iter().collect());
    let pending = set.pending(&applied);
    Ok(pending.iter().map(|step| step.version.clone()).collect())
}
