//! Deleting what nobody misses from one dealer's tables, a bounded piece at a time.
//!
//! Each visit looks at some pages of a table, whichever chance gives, so that no place has to be
//! kept and a large table costs no more than a small one.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text};

use crate::db::owner::OwnerConn;

/// Bytes of a page.
const PAGE: i64 = 8192;
/// Pages that are looked at on a visit: some thousand rows.
const PAGES: u32 = 40;

/// Rows that nobody misses, by their keys.
#[derive(Clone, Copy, Debug)]
pub struct Tidy {
    /// The table they are in.
    pub table: &'static str,
    /// The table by which it is known that nobody misses them; nobody writes it meanwhile.
    pub beside: &'static str,
    /// SQL that gives the `key` of some of them, in $1 percent of the table's pages.
    pub find: &'static str,
    /// SQL that deletes those of the keys $1 that still nobody misses.
    pub delete: &'static str,
}

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    key: String,
}

impl Tidy {
    /// Deletes some of the rows; gives how many.
    #[expect(clippy::disallowed_methods, reason = "diesel knows no TABLESAMPLE")]
    pub(super) fn run(&self, conn: &mut OwnerConn) -> QueryResult<usize> {
        let size = diesel::sql_query("SELECT pg_relation_size($1::text::regclass) AS bytes");
        let size: Size = size.bind::<Text, _>(self.table).get_result(conn)?;
        let some = diesel::sql_query(self.find).bind::<Double, _>(share(size.bytes));
        let found: Vec<Found> = some.load(conn)?;
        if found.is_empty() {
            return Ok(0);
        }
        // If somebody is writing there, this waits for another visit.
        conn.batch_execute(&format!("LOCK TABLE {} IN SHARE MODE NOWAIT", self.beside))?;
        let keys: Vec<String> = found.into_iter().map(|found| found.key).collect();
        let gone = diesel::sql_query(self.delete).bind::<Array<Text>, _>(keys);
        gone.execute(conn)
    }
}

/// How many percent of the pages are looked at.
fn share(bytes: i64) -> f64 {
    let pages = u32::try_from(bytes / PAGE).unwrap_or(u32::MAX);
    if pages <= PAGES {
        return 100.0;
    }
    100.0 * f64::from(PAGES) / f64::from(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_bounded() {
        let close = |share: f64, wanted: f64| (share - wanted).abs() < 1e-9;
        assert!(close(share(0), 100.0) && close(share(40 * PAGE), 100.0));
        assert!(close(share(4000 * PAGE), 1.0));
    }
}
