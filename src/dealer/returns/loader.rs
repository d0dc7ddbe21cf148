//! Batched lookups of returns and their lines.

use std::collections::HashMap;

use super::model::{ReturnId, ReturnLineRow, ReturnRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A return by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReturnById(pub ReturnId);

impl LoaderKey for ReturnById {
    type Value = ReturnRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ReturnRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A return by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReturnByNumber(pub i64);

impl LoaderKey for ReturnByNumber {
    type Value = ReturnRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ReturnRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a return, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByReturn(pub ReturnId);

impl LoaderKey for LinesByReturn {
    type Value = Vec<ReturnLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<ReturnLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.return_id)))
    }
}
