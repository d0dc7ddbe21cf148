//! The three parts of a log, eight months each, and emptying the oldest in time.
//!
//! A part is emptied as a whole, without DELETE, when its newest row is old enough and
//! before its turn comes again. So a log is kept for fifteen months at least, if
//! that is wanted, and for two years at most; a part that nobody came to empty
//! takes the next rows beside the old ones, and loses none.

use chrono::{DateTime, Datelike, Months, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::chain::{EMPTIED, ROWS, Seal, last};
use super::seal::{Sealer, add, stand_on};
use super::tables::PARTS;
use crate::db::error::DbResult;
use crate::db::owner::OwnerConn;
use crate::db::tenant_tables::audit_seals;
use crate::db::views::audit_log;
use crate::tenancy::schema_name::SchemaName;

/// Months of a part: `spine.audit_put` counts the same.
const MONTHS: i32 = 8;
/// For how many months a log can be kept at least.
pub const MOST_KEPT: u32 = 15;

/// Into which part a row of this time goes.
fn slot(at: DateTime<Utc>) -> i32 {
    let month = i32::try_from(at.month0()).unwrap_or_default();
    let months = at.year().saturating_mul(12).saturating_add(month);
    months.div_euclid(MONTHS).rem_euclid(3)
}

impl Sealer {
    /// Empties the parts whose rows are all old; gives how many.
    pub(super) fn empty_old(&self, conn: &mut OwnerConn, schema: &SchemaName) -> DbResult<usize> {
        let now = self.clock.now();
        let kept = Months::new(self.kept_months.clamp(1, MOST_KEPT));
        let Some(before) = now.checked_sub_months(kept) else {
            return Ok(0);
        };
        let mut emptied = 0;
        for (part, name) in (0_i16..).zip(PARTS) {
            if slot(now) == i32::from(part) {
                continue;
            }
            let is_old = |conn: &mut OwnerConn| -> QueryResult<bool> {
                stand_on(conn, schema)?;
                Ok(newest_in(conn, part)?.is_some_and(|(_, at)| at < before))
            };
            if conn.transaction(is_old)? {
                let empty = |conn: &mut OwnerConn| empty(conn, (schema, part, name), before, now);
                emptied += usize::from(conn.transaction(empty)?);
            }
        }
        Ok(emptied)
    }
}

/// Empties a part, if it is still old with nobody writing, and if all of it is sealed.
fn empty(
    conn: &mut OwnerConn,
    (schema, part, name): (&SchemaName, i16, &str),
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    stand_on(conn, schema)?;
    conn.batch_execute(&format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))?;
    let chain = last(conn)?;
    let sealed = chain.as_ref().map_or(0, |seal| seal.last_id);
    let newest = newest_in(conn, part)?;
    if !newest.is_some_and(|(id, at)| at < before && id <= sealed) {
        return Ok(false);
    }
    conn.batch_execute(&format!("TRUNCATE {name}"))?;
    let covered = audit_seals::table
        .filter(audit_seals::slot.eq(part))
        .filter(audit_seals::kind.eq(ROWS));
    // The chain goes on without: it is made of the hash over these.
    diesel::update(covered)
        .set(audit_seals::entries.eq(Vec::<u8>::new()))
        .execute(conn)?;
    add(
        conn,
        schema,
        &Seal::behind(chain.as_ref(), (EMPTIED, part), &[], now),
    )?;
    Ok(true)
}

fn newest_in(conn: &mut OwnerConn, part: i16) -> QueryResult<Option<(i64, DateTime<Utc>)>> {
    audit_log::table
        .filter(audit_log::slot.eq(part))
        .order(audit_log::id.desc())
        .select((audit_log::id, audit_log::at))
        .first(conn)
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn parts_take_turns_every_eight_months() {
        let turns = [
            "2026-09-01",
            "2027-04-30",
            "2027-05-01",
            "2027-12-31",
            "2028-01-01",
        ];
        let slots = turns.map(|day| slot(at(&format!("{day}T00:00:00Z"))));
        assert_eq!(slots, [1, 1, 2, 2, 0]);
    }

    #[test]
    fn what_is_kept_longest_goes_before_its_turn() {
        // The last row of a part is of the end of its eight months; its turn comes again
        // sixteen months later, and it may go one month before.
        assert!(MOST_KEPT + 1 == u32::try_from(2 * MONTHS).unwrap());
    }
}
