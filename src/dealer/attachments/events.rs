//! What happens to attachments.

use super::model::{AttachmentId, AttachmentRow};
use crate::events::events;
use crate::files::{FileId, FileRow};
use crate::kernel::ids::written;

events! {
    /// What readers learn of an attachment.
    pub struct AttachmentFacts {
        /// The attachment.
        attachment: AttachmentId,
        /// The id of the record that it is at.
        record: String,
        /// The file.
        file: FileId,
        /// The file's name.
        name: String,
        /// The file's media type.
        content_type: String,
        /// Whether people of customers may see it.
        is_public: bool,
    }
    for Staff:
    /// A file was attached to a record.
    AttachmentAdded = "attachment.added", version 1;
    /// A file was taken off a record.
    AttachmentRemoved = "attachment.removed", version 1;
}

impl From<(&AttachmentRow, &FileRow)> for AttachmentFacts {
    fn from((row, file): (&AttachmentRow, &FileRow)) -> Self {
        Self {
            attachment: row.id,
            record: written(&row.entity, row.entity_id),
            file: file.id,
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            is_public: row.is_public,
        }
    }
}
