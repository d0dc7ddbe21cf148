//! Batched lookups of counts, their lines and sums.

use std::collections::HashMap;

use super::model::{StockCountId, StockCountLineRow, StockCountRow, StockCountSums};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A count by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockCountById(pub StockCountId);

impl LoaderKey for StockCountById {
    type Value = StockCountRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, StockCountRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A count by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockCountByNumber(pub i64);

impl LoaderKey for StockCountByNumber {
    type Value = StockCountRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, StockCountRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a count, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByStockCount(pub StockCountId);

impl LoaderKey for LinesByStockCount {
    type Value = Vec<StockCountLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<StockCountLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.count_id)))
    }
}

/// What the lines of a count add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SumsByStockCount(pub StockCountId);

impl LoaderKey for SumsByStockCount {
    type Value = StockCountSums;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, StockCountSums>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::sums(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.count)))
    }
}
