//! Deleting old events, and old answers on the same visit, and what else nobody misses.
//!
//! Each minute has a share of the dealers, by their schemas' names: a node that was
//! not there looks after them when their minute comes again, and no list has to be
//! kept. The owner of the tables deletes; the dealers' roles can not.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::tidy::Tidy;
use crate::db::control_tables::{dealers, webhook_feeds};
use crate::db::error::{DbError, DbResult};
use crate::db::owner::{OwnerConn, OwnerPool};
use crate::db::tenant_tables::{events, kept_answers};
use crate::kernel::clock::Clock;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::kept_answers::KEPT_FOR;
use crate::tenancy::schema_name::SchemaName;

/// Events, or answers, deleted in one transaction.
const BATCH: i64 = 1000;
/// Transactions for one dealer at a time; what is left waits for his next minute.
const BATCHES: usize = 1000;
/// Minutes until a dealer's turn comes again: two hex digits of a schema's name.
const SHARES: i64 = 256;
/// How much longer events are kept of which webhooks have not been told yet.
const HELD_BACK: TimeDelta = TimeDelta::days(30);
/// The version from which on there are events.
const SINCE: &str = "20261121000008";

/// Deletes events that are older than they are kept, and answers.
#[derive(Clone)]
pub struct Pruner {
    /// Connections of the tables' owner.
    pub owner: OwnerPool,
    /// The time.
    pub clock: Clock,
    /// How long events are kept.
    pub kept: TimeDelta,
    /// What else is done at a dealer's.
    pub tidies: &'static [Tidy],
}

/// Which events are old.
#[derive(Clone, Copy)]
struct Old {
    /// What was told before this.
    before: DateTime<Utc>,
    /// But what webhooks have not been told of yet.
    floor: Option<i64>,
    /// Unless it was told before this, so that nothing grows without end.
    anyhow: DateTime<Utc>,
}

impl Old {
    fn has(&self, id: i64, at: DateTime<Utc>) -> bool {
        let is_told = self.floor.is_none_or(|floor| id <= floor);
        at < self.before && (is_told || at < self.anyhow)
    }
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Dealers who were looked at.
    pub dealers: usize,
    /// Events that went.
    pub events: usize,
    /// Kept answers that went.
    pub answers: usize,
    /// Rows that nobody missed.
    pub tidied: usize,
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
                for (schema, floor) in schemas(conn, &start)? {
                    gone.dealers += 1;
                    gone.events += pruner.prune(conn, &schema, floor)?;
                    gone.answers += pruner.prune_answers(conn, &schema)?;
                    gone.tidied += pruner.tidy(conn, &schema)?;
                }
                Ok(gone)
            })
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| Err(DbError::Away(error.to_string())))
    }

    /// As [`Pruner::prune_share`], for the dealer with this schema, whose webhooks have
    /// been told of events up to `floor`; gives how many events went.
    pub fn prune(
        &self,
        conn: &mut OwnerConn,
        schema: &SchemaName,
        floor: Option<i64>,
    ) -> DbResult<usize> {
        let now = self.clock.now();
        let old = Old {
            before: now - self.kept,
            floor,
            anyhow: now - self.kept - HELD_BACK,
        };
        in_batches(conn, schema, |conn| prune_batch(conn, old))
    }

    /// Deletes answers that nobody may ask for again, of the dealer with this schema; gives
    /// how many went.
    pub fn prune_answers(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<usize> {
        let before = self.clock.now() - KEPT_FOR;
        in_batches(conn, schema, |conn| prune_answers(conn, before))
    }

    /// Deletes what else nobody misses, of the dealer with this schema; gives how many rows
    /// went.
    pub fn tidy(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<usize> {
        let each = self.tidies.iter();
        each.map(|tidy| in_batches(conn, schema, |conn| tidy.run(conn)))
            .sum()
    }
}

/// Deletes by `batch`, which gives how many went, until there is less than a batch of them.
fn in_batches(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    batch: impl Fn(&mut OwnerConn) -> QueryResult<usize>,
) -> DbResult<usize> {
    let path = format!("SET LOCAL search_path TO {}", schema.quoted());
    let mut deleted = 0;
    for _batch in 0..BATCHES {
        let went = conn.transaction(|conn| {
            conn.batch_execute(&path)?;
            batch(conn)
        });
        let went = match went {
            Ok(went) => went,
            // Another node is at it, or the schema is just going.
            Err(error) => match DbError::from(error) {
                DbError::Away(cause) => return Err(DbError::Away(cause)),
                error => {
                    tracing::debug!(%schema, %error, "old rows are not deleted yet");
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

/// The schemas that begin so, each with the last event of which its dealer's webhooks
/// have been told, if he has any.
fn schemas(conn: &mut OwnerConn, start: &str) -> DbResult<Vec<(SchemaName, Option<i64>)>> {
    let states = [
        DealerStatus::Active,
        DealerStatus::Suspended,
        DealerStatus::Archived,
    ];
    let found: Vec<(String, Option<i64>)> = dealers::table
        .left_join(webhook_feeds::table)
        .filter(dealers::schema_name.like(format!("{}%", start.replace('_', "\\_"))))
        .filter(dealers::status.eq_any(states))
        .filter(dealers::schema_version.ge(SINCE))
        .select((
            dealers::schema_name,
            webhook_feeds::delivered_through.nullable(),
        ))
        .load(conn)?;
    let parsed = found
        .iter()
        .filter_map(|(name, floor)| Some((name.parse().ok()?, *floor)));
    Ok(parsed.collect())
}

/// Deletes the oldest events, as far as they are old. What is left
/// has no gap: a younger one is never passed over for an older one behind it.
fn prune_batch(conn: &mut OwnerConn, old: Old) -> QueryResult<usize> {
    let oldest: Vec<(i64, DateTime<Utc>)> = events::table
        .order(events::id)
        .limit(BATCH)
        .select((events::id, events::at))
        .load(conn)?;
    let old = oldest.iter().take_while(|(id, at)| old.has(*id, *at));
    let Some((upto, _)) = old.last() else {
        return Ok(0);
    };
    diesel::delete(events::table.filter(events::id.le(upto))).execute(conn)
}

/// Deletes the oldest answers. Who sends an old key at this moment is not waited for.
fn prune_answers(conn: &mut OwnerConn, before: DateTime<Utc>) -> QueryResult<usize> {
    let old: Vec<Vec<u8>> = kept_answers::table
        .filter(kept_answers::at.lt(before))
        .order(kept_answers::at)
        .limit(BATCH)
        .select(kept_answers::id)
        .for_update()
        .skip_locked()
        .load(conn)?;
    diesel::delete(kept_answers::table.filter(kept_answers::id.eq_any(old))).execute(conn)
}
