//! Numbers of documents: 1, 2, 3 … for each kind, without a gap.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::error::DbResult;
use crate::db::tenant_tables::document_counters;
use crate::tenancy::TenantTx;

/// The next number of this kind of document. Take it last: the counter is held until the
/// COMMIT, and a document that is undone gives its number back.
pub async fn next(tx: &mut TenantTx, kind: &'static str) -> DbResult<i64> {
    next_many(tx, kind, 1).await
}

/// As [`next`], for so many documents at once: the first of their numbers.
pub async fn next_many(tx: &mut TenantTx, kind: &'static str, count: i64) -> DbResult<i64> {
    let query = diesel::insert_into(document_counters::table)
        .values((
            document_counters::kind.eq(kind),
            document_counters::last.eq(count),
        ))
        .on_conflict(document_counters::kind)
        .do_update()
        .set(document_counters::last.eq(document_counters::last + count))
        .returning(document_counters::last);
    let last: i64 = query.get_result(tx).await?;
    Ok(last - count + 1)
}
