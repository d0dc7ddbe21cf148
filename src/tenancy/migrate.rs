//! The migration runner: the control set once, the tenant set in each schema.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::directory::DealerStatus;
use super::schema_name::{NotASchemaName, SchemaName};
use crate::db::control_tables::dealers;
use crate::db::error::DbError;
use crate::db::owner::{OwnerConn, take_turn};
use crate::kernel::ids::DealerId;

/// Migrations of the `platform` schema.
pub const CONTROL: EmbeddedMigrations = embed_migrations!("migrations/control");
/// Migrations of every dealer's schema.
pub const TENANT: EmbeddedMigrations = embed_migrations!("migrations/tenant");

/// Name of the control plane's schema.
const PLATFORM: &str = "platform";

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A statement outside a migration failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A migration failed and was undone.
    #[error("migration failed and was undone: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// The directory holds a name that is none.
    #[error(transparent)]
    Name(#[from] NotASchemaName),
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What a run did to one dealer's schema.
#[derive(Debug)]
pub struct SchemaReport {
    /// Whose schema.
    pub dealer: DealerId,
    /// Versions applied, or why none was.
    pub outcome: Result<Vec<String>, MigrateError>,
}

/// Brings the `platform` schema up to date; returns the versions applied.
pub fn migrate_control(conn: &mut OwnerConn) -> Result<Vec<String>, MigrateError> {
    within(conn, PLATFORM, |conn| {
        conn.batch_execute("CREATE SCHEMA IF NOT EXISTS platform")?;
        apply(conn, CONTROL)
    })
}

/// Brings one dealer's schema up to date; returns the versions applied.
pub fn migrate_schema(
    conn: &mut OwnerConn,
    schema: &SchemaName,
) -> Result<Vec<String>, MigrateError> {
    within(conn, &schema.quoted(), |conn| {
        let applied = apply(conn, TENANT)?;
        // Default privileges give the dealer's role its tables; the record of
        // versions is ours alone.
        conn.batch_execute(&format!(
            "REVOKE ALL ON __diesel_schema_migrations FROM {}",
            schema.quoted()
        ))?;
        record_version(conn, schema)?;
        Ok(applied)
    })
}

/// Tells the directory where a schema stands, in the transaction that put it there.
fn record_version(conn: &mut OwnerConn, schema: &SchemaName) -> Result<(), MigrateError> {
    let applied = conn.applied_migrations().map_err(MigrateError::Migration)?;
    let version = applied.iter().map(ToString::to_string).max();
    diesel::update(dealers::table)
        .filter(dealers::schema_name.eq(schema.as_str()))
        .set(dealers::schema_version.eq(version))
        .execute(conn)?;
    Ok(())
}

/// The version of the last migration of a set.
pub fn newest(set: &EmbeddedMigrations) -> Result<Option<String>, MigrateError> {
    let migrations = MigrationSource::<Pg>::migrations(set).map_err(MigrateError::Migration)?;
    let versions = migrations.iter().map(|m| m.name().version().to_string());
    Ok(versions.max())
}

/// Undoes the last `steps` migrations of one dealer's schema.
pub fn revert_schema(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    steps: usize,
) -> Result<(), MigrateError> {
    within(conn, &schema.quoted(), |conn| {
        for _ in 0..steps {
            conn.revert_last_migration(TENANT)
                .map_err(MigrateError::Migration)?;
        }
        record_version(conn, schema)
    })
}

/// Brings the schemas of all dealers up to date, one after the other. A dealer
/// that fails is logged and reported, and the others go on.
pub fn migrate_all(conn: &mut OwnerConn) -> Result<Vec<SchemaReport>, MigrateError> {
    let targets: Vec<(DealerId, String)> = dealers::table
        .filter(dealers::status.ne(DealerStatus::Provisioning))
        .order(dealers::id)
        .select((dealers::id, dealers::schema_name))
        .load(conn)?;
    let mut reports = Vec::with_capacity(targets.len());
    for (dealer, name) in targets {
        let outcome = name
            .parse()
            .map_err(MigrateError::from)
            .and_then(|schema| migrate_schema(conn, &schema));
        if let Err(error) = &outcome {
            tracing::error!(%dealer, %error, "not migrated");
        }
        reports.push(SchemaReport { dealer, outcome });
    }
    Ok(reports)
}

fn apply(conn: &mut OwnerConn, set: EmbeddedMigrations) -> Result<Vec<String>, MigrateError> {
    let applied = conn
        .run_pending_migrations(set)
        .map_err(MigrateError::Migration)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Runs `work` in one transaction whose path is `path`, so that a set applies
/// whole or not at all, and no path stays behind on the connection.
fn within<T>(
    conn: &mut OwnerConn,
    path: &str,
    work: impl FnOnce(&mut OwnerConn) -> Result<T, MigrateError>,
) -> Result<T, MigrateError> {
    conn.transaction(|conn| {
        // Nodes that start together migrate one after the other: the second
        // finds nothing left to do.
        take_turn(
            conn,
            &format!("SELECT pg_advisory_xact_lock(hashtextextended('tubex migrates {path}', 0))"),
        )?;
        conn.batch_execute(&format!("SET LOCAL search_path TO {path}, public"))?;
        work(conn)
    })
}
