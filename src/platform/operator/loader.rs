//! Lookups over the directory, batched.

use std::collections::HashMap;

use super::model::{DealerEntry, OwnerRow};
use super::query;
use super::scope::ControlReads;
use crate::error::AppResult;
use crate::graphql::loader::{Lookup, by_key, group_by_key};
use crate::kernel::ids::DealerId;

/// The dealer with an id.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DealerById(pub DealerId);

impl Lookup<ControlReads> for DealerById {
    type Found = DealerEntry;

    async fn fetch(reads: &ControlReads, keys: &[Self]) -> AppResult<HashMap<Self, Self::Found>> {
        let ids: Vec<DealerId> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(&mut *reads.conn().await?, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// The owners of a dealer, the first one first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OwnersByDealer(pub DealerId);

impl Lookup<ControlReads> for OwnersByDealer {
    type Found = Vec<OwnerRow>;

    async fn fetch(reads: &ControlReads, keys: &[Self]) -> AppResult<HashMap<Self, Self::Found>> {
        let ids: Vec<DealerId> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_owners(&mut *reads.conn().await?, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.dealer)))
    }
}
