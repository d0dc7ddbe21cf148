//! Schemas that no dealer's row names: half-made ones and replaced ones.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Transfer;
use super::error::TransferError;
use super::shape::relations;
use crate::db::control_tables::{dealers, retired_schemas};
use crate::db::owner::OwnerConn;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::DealerId;
use crate::tenancy::audit::heads;
use crate::tenancy::migrate::MigrateError;
use crate::tenancy::schema_name::SchemaName;

diesel::define_sql_function! { fn pg_try_advisory_lock(key: BigInt) -> Bool; }
diesel::define_sql_function! { fn pg_advisory_unlock(key: BigInt) -> Bool; }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }

text_enum! {
    /// Why no dealer's row names a schema.
    pub enum Purpose {
        /// It is half there: being filled or dropped, or was when its process was
        /// killed.
        Filling = "FILLING",
        /// A restore put another in its place.
        Replaced = "REPLACED",
    }
}

/// A schema on record as one that may go.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = retired_schemas)]
pub(super) struct OnRecord {
    pub(super) schema_name: String,
    pub(super) dealer_id: Option<DealerId>,
    pub(super) purpose: Purpose,
    pub(super) retired_at: DateTime<Utc>,
    pub(super) drop_after: DateTime<Utc>,
}

/// The name of the lock that is held by whoever works with the schema.
pub(super) fn hold_key(schema: &SchemaName) -> String {
    format!("tubex fills {}", schema.quoted())
}

impl Transfer {
    /// Drops the schemas whose time has come and that nobody holds; gives
    /// their names.
    pub async fn sweep(&self) -> Result<Vec<String>, TransferError> {
        let now = self.clock.now();
        let due = move |conn: &mut OwnerConn| {
            let due = retired_schemas::table
                .filter(retired_schemas::drop_after.le(now))
                .order(retired_schemas::drop_after)
                .select(retired_schemas::schema_name);
            Ok::<Vec<String>, TransferError>(due.load(conn)?)
        };
        let mut dropped = Vec::new();
        for name in self.owner.run(due).await? {
            let schema = name.parse().map_err(MigrateError::Name)?;
            match self.owner.run(move |conn| drop_free(conn, &schema)).await {
                Ok(true) => dropped.push(name),
                Ok(false) => {}
                // The next sweep tries again; the others do not wait for it.
                Err(error) => tracing::warn!(schema = %name, %error, "not dropped yet"),
            }
        }
        Ok(dropped)
    }

    /// Drops what a failed transfer has made, as far as that is possible now.
    pub(super) async fn discard(&self, schema: SchemaName) {
        let name = schema.clone();
        if let Err(error) = self.owner.run(move |conn| drop_free(conn, &schema)).await {
            tracing::warn!(schema = %name, %error, "a half-made schema is left to the sweep");
        }
    }
}

/// Drops a schema unless somebody holds it; says whether it is gone.
fn drop_free(conn: &mut OwnerConn, schema: &SchemaName) -> Result<bool, TransferError> {
    let key = || hashtextextended(hold_key(schema), 0);
    if !diesel::select(pg_try_advisory_lock(key())).get_result::<bool>(conn)? {
        return Ok(false);
    }
    let dropped = drop_unused(conn, schema);
    diesel::select(pg_advisory_unlock(key())).get_result::<bool>(conn)?;
    dropped
}

fn drop_unused(conn: &mut OwnerConn, schema: &SchemaName) -> Result<bool, TransferError> {
    let on_record = retired_schemas::table.find(schema.as_str());
    let is_used = dealers::table.filter(dealers::schema_name.eq(schema.as_str()));
    // Under the lock, since meanwhile it may have become a dealer's; and by a change of
    // the row, so that from now on nobody makes a dealer's of it.
    let taken = diesel::update(on_record)
        .filter(diesel::dsl::not(diesel::dsl::exists(is_used)))
        .set(retired_schemas::purpose.eq(Purpose::Filling))
        .execute(conn)?;
    if taken == 0 {
        return Ok(false);
    }
    // A table at a time: dropping all at once would take a lock on each of
    // their indexes together, and long.
    let tables = relations(conn, schema)?.into_iter();
    for table in tables.filter(|table| table.is_plain) {
        let name = format!("{}.{}", schema.quoted(), table.quoted());
        conn.batch_execute(&format!("DROP TABLE {name} CASCADE"))?;
    }
    let name = schema.quoted();
    conn.batch_execute(&format!(
        "DROP SCHEMA IF EXISTS {name} CASCADE; DROP ROLE IF EXISTS {name}"
    ))?;
    heads::forget(conn, schema)?;
    diesel::delete(on_record).execute(conn)?;
    Ok(true)
}
