//! SQL of bulk operations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{BulkErrorRow, BulkOperationId, BulkOperationRow, BulkState};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{bulk_errors, bulk_operations};
use crate::files::FileId;
use crate::tenancy::TenantTx;

/// Adds an operation.
pub(super) async fn insert(tx: &mut TenantTx, row: &BulkOperationRow) -> DbResult<()> {
    let query = diesel::insert_into(bulk_operations::table).values(row.clone());
    query.execute(tx).await?;
    Ok(())
}

/// The operations with these ids.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: &[BulkOperationId],
) -> DbResult<Vec<BulkOperationRow>> {
    let query = bulk_operations::table
        .filter(bulk_operations::id.eq_any(ids.to_vec()))
        .select(BulkOperationRow::as_select());
    Ok(query.load(tx).await?)
}

/// The latest operations, or those before one.
pub async fn latest(
    tx: &mut TenantTx,
    before: Option<BulkOperationId>,
    most: i64,
) -> DbResult<Vec<BulkOperationRow>> {
    let latest = BulkOperationId::from_uuid(uuid::Uuid::max());
    let query = bulk_operations::table
        .filter(bulk_operations::id.lt(before.unwrap_or(latest)))
        .order(bulk_operations::id.desc())
        .limit(most)
        .select(BulkOperationRow::as_select());
    Ok(query.load(tx).await?)
}

/// How many are not over.
pub(super) async fn count_open(tx: &mut TenantTx) -> DbResult<i64> {
    let query = bulk_operations::table
        .filter(bulk_operations::finished_at.is_null())
        .count();
    Ok(query.get_result(tx).await?)
}

/// Some that were over before, with all that is known of them.
pub(super) async fn prune(tx: &mut TenantTx, before: DateTime<Utc>, most: i64) -> DbResult<()> {
    let old: Vec<BulkOperationId> = bulk_operations::table
        .filter(bulk_operations::created_at.lt(before))
        .filter(bulk_operations::finished_at.lt(before))
        .order(bulk_operations::created_at)
        .limit(most)
        .select(bulk_operations::id)
        .load(tx)
        .await?;
    if !old.is_empty() {
        diesel::delete(bulk_operations::table.filter(bulk_operations::id.eq_any(old)))
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// Puts one that is not over to work, or leaves it there; gives it as it is then.
pub(super) async fn begin(
    tx: &mut TenantTx,
    id: BulkOperationId,
) -> DbResult<Option<BulkOperationRow>> {
    let query = diesel::update(bulk_operations::table.find(id))
        .filter(bulk_operations::finished_at.is_null())
        .set(bulk_operations::state.eq(BulkState::Running))
        .returning(BulkOperationRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}

/// Writes how far an import has come, unless it is over, or another run of it has come
/// further than `from`.
pub(super) async fn advance(
    tx: &mut TenantTx,
    row: &BulkOperationRow,
    from: i64,
) -> DbResult<bool> {
    let query = diesel::update(bulk_operations::table.find(row.id))
        .filter(bulk_operations::state.eq(BulkState::Running))
        .filter(bulk_operations::place.eq(from))
        .set((
            bulk_operations::place.eq(row.place),
            bulk_operations::line.eq(row.line),
            bulk_operations::created.eq(row.created),
            bulk_operations::updated.eq(row.updated),
            bulk_operations::unchanged.eq(row.unchanged),
            bulk_operations::failed.eq(row.failed),
        ));
    Ok(query.execute(tx).await? > 0)
}

/// Writes how many records an export has written; whether it is still wanted.
pub(super) async fn count_written(
    tx: &mut TenantTx,
    id: BulkOperationId,
    written: i64,
) -> DbResult<bool> {
    let query = diesel::update(bulk_operations::table.find(id))
        .filter(bulk_operations::state.eq(BulkState::Running))
        .set(bulk_operations::written.eq(written));
    Ok(query.execute(tx).await? > 0)
}

/// How an operation ends.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) state: BulkState,
    pub(super) message: Option<String>,
    pub(super) output: Option<FileId>,
    pub(super) errors: Option<FileId>,
}

impl End {
    /// Without a file.
    pub(super) const fn plain(state: BulkState) -> Self {
        Self {
            state,
            message: None,
            output: None,
            errors: None,
        }
    }
}

/// Ends one that is not over; gives it as it is then.
pub(super) async fn end(
    tx: &mut TenantTx,
    id: BulkOperationId,
    end: End,
) -> DbResult<Option<BulkOperationRow>> {
    let now = tx.now();
    let query = diesel::update(bulk_operations::table.find(id))
        .filter(bulk_operations::finished_at.is_null())
        .set((
            bulk_operations::state.eq(end.state),
            bulk_operations::message.eq(end.message),
            bulk_operations::output_file_id.eq(end.output),
            bulk_operations::error_file_id.eq(end.errors),
            bulk_operations::finished_at.eq(Some(now)),
        ))
        .returning(BulkOperationRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}

/// Notes what is wrong with some lines.
pub(super) async fn insert_errors(tx: &mut TenantTx, rows: Vec<BulkErrorRow>) -> DbResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let query = diesel::insert_into(bulk_errors::table).values(rows);
    query.execute(tx).await?;
    Ok(())
}

/// How many faults of an import are noted.
pub(super) async fn count_errors(tx: &mut TenantTx, id: BulkOperationId) -> DbResult<i64> {
    let query = bulk_errors::table
        .filter(bulk_errors::operation_id.eq(id))
        .count();
    Ok(query.get_result(tx).await?)
}

/// Faults of imports behind `after`, in order.
pub async fn errors(
    tx: &mut TenantTx,
    ids: &[BulkOperationId],
    (after, until): (i64, i64),
) -> DbResult<Vec<BulkErrorRow>> {
    let query = bulk_errors::table
        .filter(bulk_errors::operation_id.eq_any(ids.to_vec()))
        .filter(bulk_errors::number.gt(after))
        .filter(bulk_errors::number.le(until))
        .order((bulk_errors::operation_id, bulk_errors::number))
        .select(BulkErrorRow::as_select());
    Ok(query.load(tx).await?)
}
