//! SQL of attachments.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{AttachmentId, AttachmentRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{attachments, files};
use crate::files::{FileId, FileRow};
use crate::tenancy::TenantTx;

/// The attachments of these records of a kind with their files, oldest first.
pub async fn find_by_records(
    tx: &mut TenantTx,
    entity: &str,
    ids: &[Uuid],
) -> DbResult<Vec<(AttachmentRow, FileRow)>> {
    let query = attachments::table
        .inner_join(files::table)
        .filter(attachments::entity.eq(entity))
        .filter(attachments::entity_id.eq_any(ids.to_vec()))
        .order((attachments::entity_id, attachments::id))
        .select((AttachmentRow::as_select(), FileRow::as_select()));
    Ok(query.load(tx).await?)
}

/// One attachment with its file.
pub(super) async fn find(
    tx: &mut TenantTx,
    id: AttachmentId,
) -> DbResult<Option<(AttachmentRow, FileRow)>> {
    let query = attachments::table
        .inner_join(files::table)
        .filter(attachments::id.eq(id))
        .select((AttachmentRow::as_select(), FileRow::as_select()));
    Ok(query.get_result(tx).await.optional()?)
}

/// How many there are at a record.
pub(super) async fn count_at(tx: &mut TenantTx, entity: &str, id: Uuid) -> DbResult<i64> {
    let query = attachments::table
        .filter(attachments::entity.eq(entity))
        .filter(attachments::entity_id.eq(id))
        .count();
    Ok(query.get_result(tx).await?)
}

/// How many there are of a file.
pub(super) async fn count_of(tx: &mut TenantTx, file: FileId) -> DbResult<i64> {
    let query = attachments::table
        .filter(attachments::file_id.eq(file))
        .count();
    Ok(query.get_result(tx).await?)
}

/// Adds one.
pub(super) async fn insert(tx: &mut TenantTx, row: &AttachmentRow) -> QueryResult<()> {
    let query = diesel::insert_into(attachments::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Takes one off; whether it was there.
pub(super) async fn delete(tx: &mut TenantTx, id: AttachmentId) -> DbResult<bool> {
    let query = diesel::delete(attachments::table.find(id));
    Ok(query.execute(tx).await? > 0)
}
