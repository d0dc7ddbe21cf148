//! Inputs of bulk operations.

use async_graphql::InputObject;

use super::model::{BulkFormat, BulkKind, BulkOnError, BulkOperationId};
use crate::files::FileId;
use crate::graphql::idempotency::IdempotencyKey;

/// A file to import.
#[derive(InputObject, Debug)]
pub struct BulkImportStartInput {
    /// What its lines are.
    pub kind: BulkKind,
    /// The file, uploaded as CSV or NDJSON. The first line of CSV names the columns, in any
    /// order; a column that is absent leaves that as it is. For PRODUCTS: sku, name,
    /// description, kind, category, baseUnit, listPrice. For PRICES: sku, listPrice. For
    /// CUSTOMERS: code, name, taxId, termsDays, addressLine, city, postcode, country, email,
    /// phone, notes; with credit:manage creditLimit, creditLimitReason, creditCheck; with
    /// prices:manage priceList, by its code. For STOCK: sku, warehouse, and either onHand,
    /// what is there, or change, what is added or (below zero) taken away; unit, reason,
    /// note, lot, expiresOn; with cost:read unitCost, of a base unit of what comes.
    pub file_id: FileId,
    /// What to do about a line that can not be taken.
    #[graphql(default_with = "BulkOnError::Stop")]
    pub on_error: BulkOnError,
    /// Whether to try the lines only, and change nothing.
    #[graphql(default)]
    pub dry_run: bool,
    /// By which this is done once, however often it is sent. Needed for STOCK.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Records to export.
#[derive(InputObject, Debug)]
pub struct BulkExportStartInput {
    /// Which records. CUSTOMERS needs customers:read, credit:read and prices:read, STOCK
    /// stock:read, the others products:read.
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
