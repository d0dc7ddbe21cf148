//! Deleting old events.
//!
//! Each minute has a share of the dealers, by their schemas' names: a node that was
//! not there looks after them when their minute comes again, and no list has to be
//! kept. The owner of the tables deletes; the dealers' roles can not.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::owner::{OwnerConn, OwnerPool};
use crate::db::tenant_tables::events;
use crate::kernel::clock::Clock;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::schema_name::SchemaName;

/// Events deleted in one transaction.
const BATCH: i64 = 1000;
/// Transactions for one dealer at a time; what is left waits for his next minute.
const BATCHES: usize = 1000;
/// Minutes until a dealer's turn comes again: two hex digits of a schema's name.
const SHARES: i64 = 256;
/// The version from which on there are events.
const SINCE: &str = "20261121000008";

/// Deletes events that are older than they are kept.
#[derive(Clone)]
pub struct Pruner {
    /// Connections of the tables' owner.
    pub owner: OwnerPool,
    /// The time.
    pub clock: Clock,
    /// How long events are kept.
    pub kept: TimeDelta,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Dealers who were looked at.
    pub dealers: usize,
    /// Events that went.
    pub events: usize,
}

impl Pruner {
    /// Looks after the dealers of this minute. Their tables are met by a connection
    /// that is closed afterwards, since it would never forget them.
    pub async fn prune_share(&self) -> DbResult<Pruned> {
        let share = self
            .clock
            .now()
            .timestamp()
            .div_euclid(60)
            .rem_euclid(SHARES);
        let start = format!("t_{share:02x}");
        let pruner = self.clone();
        let work = move || {
            pruner.owner.run_apart(|conn| {
                let mut gone = Pruned::default();
                for schema in schemas(conn, &start)? {
                    gone.dealers += 1;
                    gone.events += pruner.prune(conn, &schema)?;
                }
                Ok(gone)
            })
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| Err(DbError::Away(error.to_string())))
    }

    /// As [`Pruner::prune_share`], for the dealer with this schema; gives how many
    /// events went.
    pub fn prune(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<usize> {
        let before = self.clock.now() - self.kept;
        let mut deleted = 0;
        for _batch in 0..BATCHES {
            let went = conn.transaction(|conn| prune_batch(conn, schema, before));
            let went = match went {
                Ok(went) => went,
                // Another node is at it, or the schema is just going.
                Err(error) => match DbError::from(error) {
                    DbError::Away(cause) => return Err(DbError::Away(cause)),
                    error => {
                        tracing::debug!(%schema, %error, "old events are not deleted yet");
                        break;
                    }
                },
            };
            deleted += went;
            if i64::try_from(went).is_ok_and(|went| went < BATCH) {
                break;
            }
        }
        Ok(deleted)
    }
}

fn schemas(conn: &mut OwnerConn, start: &str) -> DbResult<Vec<SchemaName>> {
    let states = [
        DealerStatus::Active,
        DealerStatus::Suspended,
        DealerStatus::Archived,
    ];
    let names: Vec<String> = dealers::table
        .filter(dealers::schema_name.like(format!("{}%", start.replace('_', "\\_"))))
        .filter(dealers::status.eq_any(states))
        .filter(dealers::schema_version.ge(SINCE))
        .select(dealers::schema_name)
        .load(conn)?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Deletes the oldest events, as far as they are older than `before`. What is left
/// has no gap: a younger one is never passed over for an older one behind it.
fn prune_batch(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    before: DateTime<Utc>,
) -> QueryResult<usize> {
    let path = schema.quoted();
    conn.batch_execute(&format!("SET LOCAL search_path TO {path}"))?;
    let oldest: Vec<(i64, DateTime<Utc>)> = events::table
        .order(events::id)
        .limit(BATCH)
        .select((events::id, events::at))
        .load(conn)?;
    let old = oldest.iter().take_while(|(_, at)| *at < before);
    let Some((upto, _)) = old.last() else {
        return Ok(0);
    };
    diesel::delete(events::table.filter(events::id.le(upto))).execute(conn)
}
