//! Batched lookups of entries, and of what settles them.

use std::collections::HashMap;

use super::model::{AllocationRow, EntryId, EntryRow, ItemRow, standing};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// Most allocations that are read for the entries of one level.
const MOST_ALLOCATIONS: i64 = 10_000;

/// An entry by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryById(pub EntryId);

impl LoaderKey for EntryById {
    type Value = EntryRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, EntryRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// How much of an entry is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ItemByEntry(pub EntryId);

impl LoaderKey for ItemByEntry {
    type Value = ItemRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ItemRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_items(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.entry_id)))
    }
}

/// The allocations that an entry is on either side of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AllocationsByEntry(pub EntryId);

impl LoaderKey for AllocationsByEntry {
    type Value = Vec<AllocationRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<AllocationRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_allocations(tx, &ids, MOST_ALLOCATIONS).await?;
        let mut groups: HashMap<Self, Vec<AllocationRow>> = HashMap::new();
        for row in rows {
            for side in [row.credit_entry_id, row.debit_entry_id] {
                groups.entry(Self(side)).or_default().push(row.clone());
            }
        }
        Ok(groups)
    }
}

/// The allocations that an entry is on either side of, without those that were undone and
/// those that undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StandingByEntry(pub EntryId);

impl LoaderKey for StandingByEntry {
    type Value = Vec<AllocationRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<AllocationRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_allocations(tx, &ids, MOST_ALLOCATIONS).await?;
        let mut groups: HashMap<Self, Vec<AllocationRow>> = HashMap::new();
        for row in standing(rows) {
            for side in [row.credit_entry_id, row.debit_entry_id] {
                groups.entry(Self(side)).or_default().push(row.clone());
            }
        }
        Ok(groups)
    }
}
