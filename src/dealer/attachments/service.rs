//! Use cases of attachments.

use uuid::Uuid;

use super::events::{AttachmentAdded, AttachmentRemoved};
use super::input::{AttachmentAddInput, AttachmentRemoveInput};
use super::kinds::{self, Attachable};
use super::model::{AttachmentId, AttachmentRow};
use super::query;
use crate::error::{AppError, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::files::query::take_turn;
use crate::files::{FileId, FileRow, Files};
use crate::kernel::checks::Checks;
use crate::kernel::ids;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "attachments_once_unique",
    path: &["input", "fileId"],
    message: "the file is attached to this record already",
}];

/// Attaches a file to a record, if the caller may change it.
pub async fn add(
    tx: &mut TenantTx,
    files: &Files,
    input: AttachmentAddInput,
) -> ServiceResult<(AttachmentRow, FileRow)> {
    let split = ids::split(&input.record_id);
    let split = split.and_then(|(prefix, id)| Some((kinds::of(prefix)?, id)));
    let (kind, record) = split.ok_or_else(missing)?;
    tx.context().require(kind.manage)?;
    attach(tx, files, ((kind, record), input)).await
}

fn missing() -> UserError {
    let message = "there is no such record, or none that files can be attached to";
    UserError::at(ErrorCode::NotFound, &["input", "recordId"], message)
}

fn missing_file() -> UserError {
    let path = ["input", "fileId"];
    UserError::at(ErrorCode::NotFound, &path, "there is no such file")
}

/// Attaches a file to a record that a use case of its own changes, which looks at the rights.
pub async fn attach(
    tx: &mut TenantTx,
    files: &Files,
    ((kind, record), input): ((&Attachable, Uuid), AttachmentAddInput),
) -> ServiceResult<(AttachmentRow, FileRow)> {
    let mut checks = Checks::default();
    let caption = checks.optional_text(&["input", "caption"], input.caption.as_deref(), 200);
    checks.finish()?;
    let found = (kind.find)(tx, record).await?;
    let found = found.ok_or_else(missing)?;
    // Of two at once the second counts the first.
    take_turn(tx).await?;
    let count = query::count_at(tx, kind.prefix, record).await?;
    let most = files.most_per_record();
    if usize::try_from(count).is_ok_and(|count| count >= most) {
        let message = format!("a record may have at most {most} files");
        let path = ["input", "recordId"];
        return Err(UserError::at(ErrorCode::LimitExceeded, &path, message).into());
    }
    let file = files.hold(tx, input.file_id).await?;
    let file = file.ok_or_else(missing_file)?;
    let row = AttachmentRow {
        id: AttachmentId::generate(),
        entity: kind.prefix.to_owned(),
        entity_id: record,
        file_id: file.id,
        customer_id: found.customer,
        is_public: input.is_public,
        caption,
        created_at: tx.now(),
    };
    let insert = query::insert(tx, &row).await;
    insert.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&AttachmentAdded((&row, &file).into()));
    Ok((row, file))
}

/// Has a file stay for as long as a record is there that nobody takes files off; none if the file
/// is not there.
pub async fn hold_at(
    tx: &mut TenantTx,
    files: &Files,
    (entity, record): (&'static str, Uuid),
    file: FileId,
) -> ServiceResult<Option<FileRow>> {
    take_turn(tx).await?;
    let Some(file) = files.hold(tx, file).await? else {
        return Ok(None);
    };
    let row = AttachmentRow {
        id: AttachmentId::generate(),
        entity: entity.to_owned(),
        entity_id: record,
        file_id: file.id,
        customer_id: None,
        is_public: false,
        caption: None,
        created_at: tx.now(),
    };
    let insert = query::insert(tx, &row).await;
    insert.map_err(on_constraint(CONSTRAINTS))?;
    Ok(Some(file))
}

/// Takes a file off a record. With its last place the file itself goes.
pub async fn remove(
    tx: &mut TenantTx,
    files: &Files,
    input: AttachmentRemoveInput,
) -> ServiceResult<(AttachmentRow, FileRow)> {
    let missing = || {
        let message = "there is no such attachment";
        UserError::at(ErrorCode::NotFound, &["input", "id"], message)
    };
    take_turn(tx).await?;
    let found = query::find(tx, input.id).await?;
    let (row, file) = found.ok_or_else(missing)?;
    let kind = kinds::of(&row.entity);
    let kind = kind.ok_or_else(|| AppError::internal(format!("{} of no kind", row.id)))?;
    tx.context().require(kind.manage)?;
    if !query::delete(tx, row.id).await? {
        return Err(missing().into());
    }
    if query::count_of(tx, file.id).await? == 0 {
        files.discard(tx, &[file.id]).await?;
    }
    tx.emit(&AttachmentRemoved((&row, &file).into()));
    Ok((row, file))
}
