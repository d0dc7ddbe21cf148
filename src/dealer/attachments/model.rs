//! Rows of attachments.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::tenant_tables::attachments;
use crate::files::FileId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A file at a record.
    AttachmentId, "att"
);

/// An attachment as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = attachments, check_for_backend(diesel::pg::Pg))]
pub struct AttachmentRow {
    /// Its id.
    pub id: AttachmentId,
    /// The prefix of the record's id.
    pub entity: String,
    /// The record.
    pub entity_id: Uuid,
    /// The file.
    pub file_id: FileId,
    /// The customer whose record it is, if it is one's.
    pub customer_id: Option<Uuid>,
    /// Whether people of customers may see it, if it is no customer's.
    pub is_public: bool,
    /// What it shows.
    pub caption: Option<String>,
    /// When it was attached.
    pub created_at: DateTime<Utc>,
}
