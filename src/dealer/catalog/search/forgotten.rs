//! Words that are in no product any more.
//!
//! Each visit looks at some pages of the words, whichever chance gives, so that no place has to
//! be kept and a large catalogue costs no more than a small one.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Text};

use super::sources::{FORGET_SQL, FORGOTTEN_SQL};
use crate::db::owner::OwnerConn;

/// Bytes of a page.
const PAGE: i64 = 8192;
/// Pages that are looked at on a visit: some thousand words.
const PAGES: u32 = 40;

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Deletes some of the words that are in no product any more; gives how many.
#[expect(clippy::disallowed_methods, reason = "diesel knows no TABLESAMPLE")]
pub fn forget(conn: &mut OwnerConn) -> QueryResult<usize> {
    let size = diesel::sql_query("SELECT pg_relation_size('search_words') AS bytes");
    let size: Size = size.get_result(conn)?;
    let some = diesel::sql_query(FORGOTTEN_SQL).bind::<Double, _>(share(size.bytes));
    let words: Vec<Word> = some.load(conn)?;
    if words.is_empty() {
        return Ok(0);
    }
    // Whoever is just writing a product with one of them learns it when the product is there.
    // If somebody is, this waits for another visit.
    conn.batch_execute("LOCK TABLE products IN SHARE MODE NOWAIT")?;
    let words: Vec<String> = words.into_iter().map(|found| found.word).collect();
    let gone = diesel::sql_query(FORGET_SQL).bind::<Array<Text>, _>(words);
    gone.execute(conn)
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
