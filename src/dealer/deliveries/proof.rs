//! Files that prove a delivery.

use super::model::DeliveryId;
use crate::dealer::attachments::input::AttachmentAddInput;
use crate::dealer::attachments::{kinds, service as attachments};
use crate::error::{AppError, Refusal, ServiceResult};
use crate::files::{FileId, Files};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most files that are named at once.
const MOST: usize = 10;

/// Notes what is wrong with the files by themselves.
pub(super) fn check(checks: &mut Checks, ids: &[FileId]) {
    let fits = ids.len() <= MOST;
    checks.require(fits, &["input", "fileIds"], "may name at most 10 files");
}

/// Attaches files to a delivery: whoever hands goods over may, whatever else he may.
pub(super) async fn attach(
    tx: &mut TenantTx,
    files: &Files,
    (delivery, ids): (DeliveryId, &[FileId]),
) -> ServiceResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let kind = kinds::of(DeliveryId::PREFIX);
    let kind = kind.ok_or_else(|| AppError::internal("nothing is attached to deliveries"))?;
    for (index, file) in ids.iter().enumerate() {
        let input = AttachmentAddInput {
            record_id: delivery.into(),
            file_id: *file,
            caption: None,
            // The customer sees what is at a delivery of his own.
            is_public: false,
            idempotency_key: None,
        };
        let added = attachments::attach(tx, files, ((kind, delivery.uuid()), input)).await;
        added.map_err(|refusal| at_file(refusal, index))?;
    }
    Ok(())
}

/// The refusal of a file, told of its place in the input.
fn at_file(refusal: Refusal, index: usize) -> Refusal {
    let Refusal::User(mut errors) = refusal else {
        return refusal;
    };
    for error in &mut errors {
        let index = index.to_string();
        error.path = Some(["input", "fileIds", &index].map(str::to_owned).into());
    }
    Refusal::User(errors)
}
