//! Batched lookups of bulk operations.

use std::collections::HashMap;

use super::model::{BulkErrorRow, BulkOperationId, BulkOperationRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// Most faults that are shown; all that are noted are in the file.
const SHOWN: i64 = 100;

/// An operation by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BulkOperationById(pub BulkOperationId);

impl LoaderKey for BulkOperationById {
    type Value = BulkOperationRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, BulkOperationRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// The first faults of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorsByOperation(pub BulkOperationId);

impl LoaderKey for ErrorsByOperation {
    type Value = Vec<BulkErrorRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<BulkErrorRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::errors(tx, &ids, (0, SHOWN)).await?;
        Ok(group_by_key(rows, |row| Self(row.operation_id)))
    }
}
