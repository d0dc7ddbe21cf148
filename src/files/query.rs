//! SQL of files.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods as dsl;
use diesel_async::RunQueryDsl;

use super::arrival::Arrived;
use super::model::{FileId, FileRow, FileState};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{file_usage, files};
use crate::tenancy::TenantTx;

/// Sets `bytes` aside, unless all files of the dealer would have more than `most` then.
pub(super) async fn reserve(tx: &mut TenantTx, bytes: i64, most: i64) -> DbResult<bool> {
    if bytes > most {
        return Ok(false);
    }
    let write = diesel::insert_into(file_usage::table)
        .values((file_usage::one.eq(1_i16), file_usage::bytes.eq(bytes)))
        .on_conflict(file_usage::one)
        .do_update()
        .set(file_usage::bytes.eq(file_usage::bytes + bytes));
    let write = dsl::FilterDsl::filter(write, file_usage::bytes.le(most.saturating_sub(bytes)));
    Ok(write.execute(tx).await? > 0)
}

/// Gives back what was set aside.
pub(super) async fn release(tx: &mut TenantTx, bytes: i64) -> DbResult<()> {
    diesel::update(file_usage::table)
        .set(file_usage::bytes.eq(file_usage::bytes - bytes))
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets nobody else attach or take off until the transaction ends.
pub async fn take_turn(tx: &mut TenantTx) -> DbResult<()> {
    let turn = file_usage::table.select(file_usage::bytes).for_update();
    let _bytes: Vec<i64> = turn.load(tx).await?;
    Ok(())
}

/// Adds a row.
pub(super) async fn insert(tx: &mut TenantTx, row: &FileRow) -> DbResult<()> {
    let query = diesel::insert_into(files::table).values(row.clone());
    query.execute(tx).await?;
    Ok(())
}

/// The files with these ids that are there.
pub async fn find_kept(tx: &mut TenantTx, ids: &[FileId]) -> DbResult<Vec<FileRow>> {
    let query = files::table
        .filter(files::id.eq_any(ids.to_vec()))
        .filter(files::state.eq(FileState::Kept))
        .select(FileRow::as_select());
    Ok(query.load(tx).await?)
}

/// A file whose content is still to come by a link.
pub(super) async fn find_awaited(tx: &mut TenantTx, id: FileId) -> DbResult<Option<FileRow>> {
    let query = files::table
        .find(id)
        .filter(files::state.eq(FileState::Awaited))
        .select(FileRow::as_select());
    Ok(query.first(tx).await.optional()?)
}

/// Says that the content is there; none if it is not waited for any more.
pub(super) async fn keep(
    tx: &mut TenantTx,
    arrived: &Arrived,
    (from, expires_at): (FileState, DateTime<Utc>),
) -> DbResult<Option<FileRow>> {
    let query = diesel::update(files::table.find(arrived.link.file))
        .filter(files::state.eq(from))
        .set((
            files::state.eq(FileState::Kept),
            files::size.eq(arrived.size),
            files::sha256.eq(Some(arrived.sha256.clone())),
            files::expires_at.eq(Some(expires_at)),
        ))
        .returning(FileRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}

/// Lets a file stay, since something refers to it; none if it is not there.
pub(super) async fn hold(tx: &mut TenantTx, id: FileId) -> DbResult<Option<FileRow>> {
    let query = diesel::update(files::table.find(id))
        .filter(files::state.eq(FileState::Kept))
        .set(files::expires_at.eq(None::<DateTime<Utc>>))
        .returning(FileRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}

/// Lets a loose file stay until then, unless it stays longer anyway.
pub(super) async fn prolong(tx: &mut TenantTx, id: FileId, until: DateTime<Utc>) -> DbResult<()> {
    diesel::update(files::table.find(id))
        .filter(files::state.eq(FileState::Kept))
        .filter(files::expires_at.lt(until))
        .set(files::expires_at.eq(Some(until)))
        .execute(tx)
        .await?;
    Ok(())
}

/// Marks these for deletion; gives what that frees, in bytes.
pub(super) async fn mark(tx: &mut TenantTx, ids: &[FileId]) -> DbResult<i64> {
    let query = diesel::update(files::table)
        .filter(files::id.eq_any(ids.to_vec()))
        .filter(files::state.ne(FileState::Deleted))
        .set(files::state.eq(FileState::Deleted))
        .returning(files::size);
    let sizes: Vec<i64> = query.get_results(tx).await?;
    Ok(sizes.into_iter().fold(0, i64::saturating_add))
}

/// Some files whose time is over. They are locked, so that nothing takes hold of them.
pub(super) async fn expired(
    tx: &mut TenantTx,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<Vec<FileId>> {
    let query = files::table
        .filter(files::expires_at.le(now))
        .filter(files::state.ne(FileState::Deleted))
        .order(files::expires_at)
        .limit(most)
        .select(files::id)
        .for_update()
        .skip_locked();
    Ok(query.load(tx).await?)
}

/// Some files that are marked for deletion.
pub(super) async fn deleted(tx: &mut TenantTx, most: i64) -> DbResult<Vec<FileId>> {
    let query = files::table
        .filter(files::state.eq(FileState::Deleted))
        .order(files::id)
        .limit(most)
        .select(files::id);
    Ok(query.load(tx).await?)
}

/// Forgets files whose content is deleted.
pub(super) async fn forget(tx: &mut TenantTx, ids: &[FileId]) -> DbResult<()> {
    diesel::delete(files::table)
        .filter(files::id.eq_any(ids.to_vec()))
        .filter(files::state.eq(FileState::Deleted))
        .execute(tx)
        .await?;
    Ok(())
}

/// Some files that are there, in the order of their ids, behind `after`.
pub(super) async fn kept_after(
    tx: &mut TenantTx,
    after: Option<FileId>,
    most: i64,
) -> DbResult<Vec<FileId>> {
    let after = after.unwrap_or(FileId::from_uuid(uuid::Uuid::nil()));
    let query = files::table
        .filter(files::id.gt(after))
        .filter(files::state.eq(FileState::Kept))
        .order(files::id)
        .limit(most)
        .select(files::id);
    Ok(query.load(tx).await?)
}
