//! Sealing: hashes over what was written, so that what is changed later shows.
//!
//! Each minute has a share of the dealers, by their schemas' names. What is written
//! must not be sealed around a row that is still to come under a lower id, so a sealer
//! waits, for a moment, until nobody is writing; if that does not come, he comes again.
//! The owner of the tables seals; the dealers' roles can read seals and write none.

use std::ops::Range;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::chain::{Entry, MOST, ROWS, Seal, entries, last, newest};
use super::heads;
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::owner::{OwnerConn, OwnerPool};
use crate::db::tenant_tables::audit_seals;
use crate::kernel::clock::Clock;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::schema_name::SchemaName;

/// Minutes until a dealer's turn comes again.
pub const SHARES: i64 = 64;
/// Most batches of one dealer at a time; what is left waits for his next turn.
const BATCHES: usize = 1000;
/// The version from which on there is a log.
pub const SINCE: &str = "20261121000009";
/// How long writers may be kept waiting.
const PATIENCE: &str = "SET LOCAL lock_timeout = '50ms'";

/// Seals the logs of dealers, and empties what is old of them.
#[derive(Clone)]
pub struct Sealer {
    /// Connections of the tables' owner.
    pub owner: OwnerPool,
    /// The time.
    pub clock: Clock,
    /// For how many months the log is kept at least; from 1 to [`super::ring::MOST_KEPT`].
    pub kept_months: u32,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Dealers who were looked at.
    pub dealers: usize,
    /// Rows that were sealed.
    pub rows: usize,
    /// Parts of logs that were emptied.
    pub emptied: usize,
    /// Dealers whose turn has to come again.
    pub failed: usize,
}

impl Sealer {
    /// Looks after the dealers of a share. Their tables are met by a connection that
    /// is closed afterwards, since it would never forget them. Blocks.
    pub fn share(&self, share: i64) -> DbResult<Sealed> {
        let range = names(share.rem_euclid(SHARES));
        self.owner.run_apart(|conn| {
            let mut done = Sealed::default();
            for schema in schemas(conn, &range)? {
                done.dealers += 1;
                match self.dealer(conn, &schema) {
                    Ok((rows, emptied)) => {
                        done.rows += rows;
                        done.emptied += emptied;
                    }
                    Err(DbError::Away(cause)) => return Err(DbError::Away(cause)),
                    // Somebody writes for long, another node is at it, or the schema
                    // is just going.
                    Err(error) => {
                        done.failed += 1;
                        tracing::debug!(%schema, %error, "the audit log is not sealed yet");
                    }
                }
            }
            Ok(done)
        })
    }

    /// Seals the log of one dealer, then empties what is old; gives how many rows
    /// were sealed and how many parts emptied.
    pub fn dealer(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<(usize, usize)> {
        let sealed = self.seal(conn, schema)?;
        let emptied = self.empty_old(conn, schema)?;
        Ok((sealed, emptied))
    }

    fn seal(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<usize> {
        let Some(upto) = conn.transaction(|conn| settled(conn, schema))? else {
            return Ok(0);
        };
        let mut sealed = 0;
        for _batch in 0..BATCHES {
            let done = conn.transaction(|conn| self.seal_batch(conn, schema, upto))?;
            sealed += done;
            if done == 0 {
                break;
            }
        }
        Ok(sealed)
    }

    /// One seal for each run of rows in one part of the log.
    fn seal_batch(
        &self,
        conn: &mut OwnerConn,
        schema: &SchemaName,
        upto: i64,
    ) -> QueryResult<usize> {
        stand_on(conn, schema)?;
        let mut before = last(conn)?;
        let after = before.as_ref().map_or(0, |seal| seal.last_id);
        let rows = entries(conn, (after, upto), MOST)?;
        for run in rows.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((slot, _)) = run.first() else {
                continue;
            };
            let entries: Vec<Entry> = run.iter().map(|(_, entry)| *entry).collect();
            let seal = Seal::behind(before.as_ref(), (ROWS, *slot), &entries, self.clock.now());
            add(conn, schema, &seal)?;
            before = Some(seal);
        }
        Ok(rows.len())
    }
}

/// For the rest of the transaction.
pub(super) fn stand_on(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    let path = schema.quoted();
    conn.batch_execute(&format!("SET LOCAL search_path TO {path}"))?;
    conn.batch_execute(PATIENCE)
}

/// Adds a link to the chain. Of two who add the same one fails.
pub(super) fn add(conn: &mut OwnerConn, schema: &SchemaName, seal: &Seal) -> QueryResult<()> {
    let insert = diesel::insert_into(audit_seals::table).values(seal.clone());
    insert.execute(conn)?;
    heads::keep(conn, schema, seal)
}

/// The id up to which nothing more is to come; none if all of that is sealed.
fn settled(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<Option<i64>> {
    stand_on(conn, schema)?;
    let sealed = last(conn)?.map_or(0, |seal| seal.last_id);
    if newest(conn)?.is_none_or(|newest| newest <= sealed) {
        return Ok(None);
    }
    // Ids are given out to those who hold the lock of writers.
    conn.batch_execute("LOCK TABLE audit_log IN SHARE MODE")?;
    newest(conn)
}

/// The names of the schemas of a share: two hex digits are 256 beginnings.
pub fn names(share: i64) -> Range<String> {
    let beginnings = 256 / SHARES;
    let first = share * beginnings;
    let end = if share + 1 < SHARES {
        format!("t_{:02x}", first + beginnings)
    } else {
        "t_g".to_owned()
    };
    format!("t_{first:02x}")..end
}

fn schemas(conn: &mut OwnerConn, range: &Range<String>) -> DbResult<Vec<SchemaName>> {
    let states = [
        DealerStatus::Active,
        DealerStatus::Suspended,
        DealerStatus::Archived,
    ];
    let names: Vec<String> = dealers::table
        .filter(dealers::schema_name.ge(&range.start))
        .filter(dealers::schema_name.lt(&range.end))
        .filter(dealers::status.eq_any(states))
        .filter(dealers::schema_version.ge(SINCE))
        .select(dealers::schema_name)
        .load(conn)?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_leave_no_name_out() {
        let shares: Vec<_> = (0..SHARES).map(names).collect();
        assert_eq!(shares.first().unwrap().start, "t_00");
        assert_eq!(shares.last().unwrap().end, "t_g");
        assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
        let held = shares
            .iter()
            .filter(|share| share.contains(&"t_c8fd".to_owned()));
        assert_eq!(held.count(), 1);
    }
}
