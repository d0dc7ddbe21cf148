//! Inputs of bulk operations.

use async_graphql::InputObject;

use super::model::{BulkFormat, BulkKind, BulkOnError, BulkOperationId};
use crate::files::FileId;
use crate::graphql::idempotency::IdempotencyKey;

/// A file to import.
#[derive(InputObject, Debug)]
pub struct BulkImportStartInput {
    /// What its lines are: PRODUCTS or PRICES.
    pub kind: BulkKind,
    /// The file, uploaded as CSV or NDJSON. The first line of CSV names the columns; lines
    /// that lack a column leave that as it is.
    pub file_id: FileId,
    /// What to do about a line that can not be taken.
    #[graphql(default_with = "BulkOnError::Stop")]
    pub on_error: BulkOnError,
    /// Whether to try the lines only, and change nothing.
    #[graphql(default)]
    pub dry_run: bool,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Records to export.
#[derive(InputObject, Debug)]
pub struct BulkExportStartInput {
    /// Which records. CUSTOMERS needs customers:read and credit:read, STOCK stock:read,
    /// the others products:read.
    pub kind: BulkKind,
    /// The form of the file.
    #[graphql(default_with = "BulkFormat::Csv")]
    pub format: BulkFormat,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which operation to end.
#[derive(InputObject, Debug)]
pub struct BulkOperationCancelInput {
    /// The operation.
    pub id: BulkOperationId,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
