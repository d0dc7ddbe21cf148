//! The blocking steps of provisioning, each of which can be repeated.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::directory::DealerStatus;
use super::migrate::{MigrateError, migrate_schema};
use super::schema_name::SchemaName;
use crate::db::control_tables::dealers;
use crate::db::owner::{OwnerConn, take_turn};
use crate::kernel::ids::DealerId;

/// Rows every dealer starts with: the units of measure of the trade.
const REFERENCE_ROWS: &str = include_str!("../../migrations/tenant_reference.sql");

/// Steps 2 to 5 under a lock, so that two processes do not build the same schema.
pub(super) fn build(
    conn: &mut OwnerConn,
    dealer: DealerId,
    schema: &SchemaName,
    request_role: &str,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    let key = lock_key(dealer);
    take_turn(conn, &format!("SELECT pg_advisory_lock({key})"))?;
    let built = build_locked(conn, dealer, schema, request_role, now);
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({key})"))?;
    built
}

fn build_locked(
    conn: &mut OwnerConn,
    dealer: DealerId,
    schema: &SchemaName,
    request_role: &str,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    create_schema(conn, schema, request_role)?;
    migrate_schema(conn, schema)?;
    seed(conn, schema)?;
    activate(conn, dealer, now)?;
    Ok(())
}

/// Advisory locks are one namespace for the whole database; the two halves of
/// a dealer's id folded together are as good as unique in it.
fn lock_key(dealer: DealerId) -> i64 {
    let (high, low) = dealer.uuid().as_u64_pair();
    i64::from_ne_bytes((high ^ low).to_ne_bytes())
}

/// Step 2: the schema and the role that may use it, of the same name.
///
/// The role gets no right by grants listed per table: default privileges cover
/// every table that a migration will ever make here.
pub(super) fn create_schema(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    request_role: &str,
) -> QueryResult<()> {
    let (name, quoted) = (schema.as_str(), schema.quoted());
    let request_role = request_role.replace('"', "\"\"");
    conn.transaction(|conn| {
        conn.batch_execute(&format!(
            "DO $$ BEGIN
               IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN
                 CREATE ROLE {quoted} NOLOGIN;
               END IF;
             END $$;
             CREATE SCHEMA IF NOT EXISTS {quoted};
             GRANT USAGE ON SCHEMA {quoted} TO {quoted};
             ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted}
               GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {quoted};
             GRANT {quoted} TO \"{request_role}\""
        ))
    })
}

/// Step 4: reference rows, where they are not there yet.
fn seed(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    conn.transaction(|conn| {
        conn.batch_execute(&format!(
            "SET LOCAL search_path TO {}, public; {REFERENCE_ROWS}",
            schema.quoted()
        ))
    })
}

/// Step 5: open for business.
fn activate(conn: &mut OwnerConn, dealer: DealerId, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(dealers::table.find(dealer))
        .filter(dealers::status.eq(DealerStatus::Provisioning))
        .set((
            dealers::status.eq(DealerStatus::Active),
            dealers::activated_at.eq(now),
        ))
        .execute(conn)
        .map(|_rows| ())
}
