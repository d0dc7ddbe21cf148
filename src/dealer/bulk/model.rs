//! Rows and enums of bulk operations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::tenant_tables::{bulk_errors, bulk_operations};
use crate::db::text_enum::text_enum;
use crate::files::FileId;
use crate::files::kind::FileKind;
use crate::kernel::ids::typed_id;

typed_id!(
    /// An import or export.
    BulkOperationId, "blk"
);

text_enum! {
    /// Into the shop or out of it.
    pub enum BulkDirection {
        /// A file is read.
        Import = "IMPORT",
        /// A file is written.
        Export = "EXPORT",
    }
}

text_enum! {
    /// What the lines of a file are.
    pub enum BulkKind {
        /// Products that are not archived; imported by SKU.
        Products = "PRODUCTS",
        /// List prices of products; imported by SKU.
        Prices = "PRICES",
        /// Customers that are not archived; imported by account code.
        Customers = "CUSTOMERS",
        /// What lies in which warehouse; imported by SKU and code of the warehouse.
        Stock = "STOCK",
    }
}

text_enum! {
    /// The form of a file.
    pub enum BulkFormat {
        /// Cells with commas between them, and a first line of names. In a text that a
        /// spreadsheet would take for a formula, a ' stands in front.
        Csv = "CSV",
        /// A JSON object a line.
        Ndjson = "NDJSON",
    }
}

text_enum! {
    /// What to do about a line that can not be taken.
    pub enum BulkOnError {
        /// End there; the lines before it are kept.
        Stop = "STOP",
        /// Leave it out.
        Skip = "SKIP",
    }
}

text_enum! {
    /// Where an operation stands.
    pub enum BulkState {
        /// It waits for its turn.
        Queued = "QUEUED",
        /// It is at work.
        Running = "RUNNING",
        /// It has come to the end of its input.
        Done = "DONE",
        /// It has ended at a line that could not be taken.
        Stopped = "STOPPED",
        /// It could not be done; the message says why. What was done before is kept.
        Failed = "FAILED",
        /// Somebody has ended it. What was done before is kept.
        Cancelled = "CANCELLED",
    }
}

impl BulkState {
    /// Whether nothing more will be done.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

impl BulkFormat {
    /// The kind of file that has it.
    pub const fn file(self) -> FileKind {
        match self {
            Self::Csv => FileKind::Csv,
            Self::Ndjson => FileKind::Ndjson,
        }
    }

    /// The form of a file of this media type.
    pub fn of(media: &str) -> Option<Self> {
        let mut all = [Self::Csv, Self::Ndjson].into_iter();
        all.find(|format| format.file().media() == media)
    }
}

/// An operation as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = bulk_operations, check_for_backend(diesel::pg::Pg))]
pub struct BulkOperationRow {
    /// Its id.
    pub id: BulkOperationId,
    /// Into the shop or out of it.
    pub direction: BulkDirection,
    /// What the lines are.
    pub kind: BulkKind,
    /// The form of the file.
    pub format: BulkFormat,
    /// What to do about wrong lines.
    pub on_error: BulkOnError,
    /// Whether nothing is changed.
    pub is_dry_run: bool,
    /// Where it stands.
    pub state: BulkState,
    /// Why it could not be done.
    pub message: Option<String>,
    /// What is read.
    pub input_file_id: Option<FileId>,
    /// Its bytes.
    pub input_size: i64,
    /// What was written.
    pub output_file_id: Option<FileId>,
    /// The lines that could not be taken.
    pub error_file_id: Option<FileId>,
    /// Bytes of the input that are done.
    pub place: i64,
    /// The last line that is done.
    pub line: i64,
    /// Records added.
    pub created: i64,
    /// Records changed.
    pub updated: i64,
    /// Records that were so already.
    pub unchanged: i64,
    /// Lines that could not be taken.
    pub failed: i64,
    /// Records written.
    pub written: i64,
    /// Who has ordered it.
    pub started_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What is wrong with a line, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = bulk_errors, check_for_backend(diesel::pg::Pg))]
pub struct BulkErrorRow {
    /// Of which import.
    pub operation_id: BulkOperationId,
    /// Counts those of the import.
    pub number: i64,
    /// Which line, from 1.
    pub line: i64,
    /// Which column.
    pub field: Option<String>,
    /// Code of the refusal.
    pub code: String,
    /// What would be right.
    pub message: String,
}
