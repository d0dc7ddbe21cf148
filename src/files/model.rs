//! Rows of files.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::files;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A file.
    FileId, "fil"
);

text_enum! {
    /// Where a file stands.
    pub enum FileState {
        /// It was announced; its content is still to come, or on its way by a link.
        Awaited = "AWAITED",
        /// Its content is on its way with an operation, or out of a job.
        Arriving = "ARRIVING",
        /// It is there.
        Kept = "KEPT",
        /// Its content is about to be deleted, then the row.
        Deleted = "DELETED",
    }
}

/// A file as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = files, check_for_backend(diesel::pg::Pg))]
pub struct FileRow {
    /// Its id.
    pub id: FileId,
    /// Its name, as it is saved under.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// In bytes; what is set aside for it until it is kept.
    pub size: i64,
    /// SHA-256 of its content; there when it is kept.
    pub sha256: Option<Vec<u8>>,
    /// Where it stands.
    pub state: FileState,
    /// When it is deleted; none while something refers to it.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
}
