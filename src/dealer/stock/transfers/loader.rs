//! Batched lookups of transfers and their lines.

use std::collections::HashMap;

use super::model::{TransferId, TransferLineRow, TransferRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A transfer by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransferById(pub TransferId);

impl LoaderKey for TransferById {
    type Value = TransferRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, TransferRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A transfer by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransferByNumber(pub i64);

impl LoaderKey for TransferByNumber {
    type Value = TransferRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, TransferRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a transfer, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByTransfer(pub TransferId);

impl LoaderKey for LinesByTransfer {
    type Value = Vec<TransferLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<TransferLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.transfer_id)))
    }
}
