//! The blocking steps that make a schema, each of which can be repeated.
//!
//! `schema` makes it empty, with its role; `chunk` fills it some statements at a
//! time. A dealer who waits for his own is built by [`build`], a spare by
//! [`super::spares`].

mod chunk;
mod schema;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::directory::DealerStatus;
use super::migrate::{MigrateError, MigrationSet};
use super::schema_name::SchemaName;
use crate::db::control_tables::dealers;
use crate::db::owner::{OwnerConn, take_turn};
use crate::kernel::ids::DealerId;

pub(super) use chunk::{Filled, add_reference_rows, fill_chunk};
pub(super) use schema::{create_bare, create_schema};

/// A dealer or a spare, and the schema to be made.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) dealer: DealerId,
    pub(super) schema: SchemaName,
}

/// Steps 2 to 5 under a lock, so that two processes do not build the same schema.
pub(super) fn build(
    conn: &mut OwnerConn,
    site: &Site,
    request_role: &str,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    let key = lock_key(site.dealer);
    take_turn(conn, &format!("SELECT pg_advisory_lock({key})"))?;
    let built = build_locked(conn, site, request_role, now);
    let unlocked = conn.batch_execute(&format!("SELECT pg_advisory_unlock({key})"));
    // What went wrong first is what tells.
    built.and_then(|()| Ok(unlocked?))
}

fn build_locked(
    conn: &mut OwnerConn,
    site: &Site,
    request_role: &str,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    conn.transaction(|conn| create_schema(conn, site, request_role))?;
    fill(conn, site)?;
    activate(conn, site.dealer, now)?;
    Ok(())
}

/// Steps 3 and 4: all that the schema lacks, chunk by chunk.
pub(super) fn fill(conn: &mut OwnerConn, site: &Site) -> Result<(), MigrateError> {
    let set = MigrationSet::tenant()?;
    while fill_chunk(conn, set, site)? == Filled::Partly {}
    Ok(())
}

/// Advisory locks are one namespace for the whole database; the two halves of
/// a dealer's id folded together are as good as unique in it.
fn lock_key(dealer: DealerId) -> i64 {
    let (high, low) = dealer.uuid().as_u64_pair();
    i64::from_ne_bytes((high ^ low).to_ne_bytes())
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
