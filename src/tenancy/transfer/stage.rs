//! A new schema beside those in use, filled before anybody can see it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryResult};
use diesel_async::RunQueryDsl;

use super::error::TransferError;
use super::fill::fill;
use super::report::Seen;
use super::retired::{OnRecord, Purpose};
use super::shape::{Table, plan, tables};
use super::source::Source;
use super::{Transfer, retired};
use crate::db::control_tables::retired_schemas;
use crate::db::copy::CopyConn;
use crate::db::error::DbError;
use crate::db::owner::OwnerConn;
use crate::kernel::ids::DealerId;
use crate::tenancy::audit::note::arrived;
use crate::tenancy::build::create_bare;
use crate::tenancy::migrate::{MigrateError, MigrationSet, migrate_schema, migrate_to_fill};
use crate::tenancy::schema_name::SchemaName;

/// A whole schema at this program's version that belongs to nobody yet. Dropped
/// before it is switched to, it is left to the sweep.
pub struct Staged {
    pub(super) schema: SchemaName,
    pub(super) version: Option<String>,
    _hold: Hold,
}

/// While it lives, no sweep takes the schema away. Work on a blocking thread
/// has its own, since it goes on when nobody waits for it any more.
type Hold = Arc<CopyConn>;

impl Staged {
    /// Name of the schema.
    pub const fn schema(&self) -> &SchemaName {
        &self.schema
    }
}

/// What a new schema shall hold.
pub(super) struct Wanted<'a, S> {
    /// For whom, if there is somebody.
    pub(super) dealer: Option<DealerId>,
    /// Version at which the rows fit.
    pub(super) version: &'a str,
    /// Tables with their columns.
    pub(super) columns: Vec<(&'a str, &'a [String])>,
    /// The rows.
    pub(super) source: S,
}

impl Transfer {
    /// Makes a schema, fills it and brings it to this program's version. If
    /// that fails, what was made goes again.
    pub(super) async fn stage<S: Source>(
        &self,
        wanted: Wanted<'_, S>,
        seen: Seen<'_>,
    ) -> Result<Staged, TransferError> {
        let schema = SchemaName::generate();
        let key = retired::hold_key(&schema);
        let hold = format!("SELECT pg_advisory_lock(hashtextextended('{key}', 0))");
        let hold = Arc::new(self.holder(&hold).await?);
        self.announce(&schema, wanted.dealer).await?;
        match self.make(&schema, &hold, wanted, seen).await {
            Ok(version) => Ok(Staged {
                schema,
                version,
                _hold: hold,
            }),
            Err(error) => {
                // Let go of in words: a connection that is cut is noticed later.
                let _let_go = hold.run("SELECT pg_advisory_unlock_all()").await;
                self.discard(schema).await;
                Err(error)
            }
        }
    }

    /// Puts the schema on record before it is there, so that a process killed
    /// at any later moment leaves nothing that is not found.
    async fn announce(
        &self,
        schema: &SchemaName,
        dealer: Option<DealerId>,
    ) -> Result<(), TransferError> {
        let now = self.clock.now();
        let row = OnRecord {
            schema_name: schema.as_str().to_owned(),
            dealer_id: dealer,
            purpose: Purpose::Filling,
            retired_at: now,
            drop_after: now,
        };
        let mut conn = self.control.checkout().await?;
        diesel::insert_into(retired_schemas::table)
            .values(row)
            .execute(&mut *conn)
            .await
            .map_err(DbError::from)?;
        Ok(())
    }

    async fn make<S: Source>(
        &self,
        schema: &SchemaName,
        hold: &Hold,
        mut wanted: Wanted<'_, S>,
        seen: Seen<'_>,
    ) -> Result<Option<String>, TransferError> {
        let made = self
            .make_at(schema, hold, wanted.version.to_owned())
            .await?;
        let tables = plan(made, wanted.columns.into_iter())?;
        let conn = self.session().await?;
        fill(&conn, schema, &tables, &mut wanted.source, seen).await?;
        conn.close();
        self.bring_up(schema, hold, &tables).await
    }

    /// An empty schema at `version`, as an old program would have made it.
    async fn make_at(
        &self,
        schema: &SchemaName,
        hold: &Hold,
        version: String,
    ) -> Result<Vec<Table>, TransferError> {
        let (schema, role) = (schema.clone(), self.request_role.clone());
        let hold = Arc::clone(hold);
        let make = move |conn: &mut OwnerConn| {
            let _hold = hold;
            let set = MigrationSet::tenant()?.until(&version);
            let set = set.ok_or_else(|| TransferError::UnknownVersion(version.clone()))?;
            conn.transaction(|conn| create_bare(conn, &schema, &role))?;
            migrate_to_fill(conn, &set, &schema)?;
            let tables = tables(conn, &schema, &version)?;
            switch_policies(conn, &schema, &tables, "DISABLE")?;
            Ok(tables)
        };
        self.owner.run(make).await
    }

    /// The migrations after that version, and statistics for the planner.
    async fn bring_up(
        &self,
        schema: &SchemaName,
        hold: &Hold,
        tables: &[Table],
    ) -> Result<Option<String>, TransferError> {
        let (schema, hold) = (schema.clone(), Arc::clone(hold));
        let tables = tables.to_vec();
        let names: Vec<String> = tables
            .iter()
            .map(|table| format!("{}.{}", schema.quoted(), table.quoted()))
            .collect();
        let now = self.clock.now();
        let bring = move |conn: &mut OwnerConn| {
            let _hold = hold;
            switch_policies(conn, &schema, &tables, "ENABLE")?;
            if !names.is_empty() {
                conn.batch_execute(&format!("ANALYZE {}", names.join(", ")))?;
            }
            migrate_schema(conn, &schema)?;
            begin_events(conn, &schema, now)?;
            arrived(conn, &schema)?;
            let newest = MigrationSet::tenant()?.newest();
            Ok::<_, MigrateError>(newest.map(str::to_owned))
        };
        Ok(self.owner.run(bring).await?)
    }
}

/// Lets the ids of events begin above all that the dealer may have given before: the
/// milliseconds of Unix time are ahead of them, since events are fewer. So whoever
/// asks for what comes behind an event of his former life is told that it is gone.
fn begin_events(conn: &mut OwnerConn, schema: &SchemaName, now: DateTime<Utc>) -> QueryResult<()> {
    let (schema, last) = (schema.quoted(), now.timestamp_millis());
    conn.batch_execute(&format!(
        "INSERT INTO {schema}.event_counter (one, last) VALUES (1, {last})"
    ))
}

/// Lets policies stand aside while the tables are filled, since COPY brings no rows
/// into a table that has some; and then lets them hold again. Nobody works in this
/// schema meanwhile.
fn switch_policies(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    tables: &[Table],
    way: &str,
) -> QueryResult<()> {
    for table in tables.iter().filter(|table| table.has_policies) {
        let table = format!("{}.{}", schema.quoted(), table.quoted());
        conn.batch_execute(&format!("ALTER TABLE {table} {way} ROW LEVEL SECURITY"))?;
    }
    Ok(())
}

/// How long a schema is kept after a restore has replaced it.
pub(super) const KEEP_REPLACED: TimeDelta = TimeDelta::days(7);
