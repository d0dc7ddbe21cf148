//! Lookups over the directory, batched.

use std::collections::HashMap;

use super::model::OwnerRow;
use super::query;
use super::scope::ControlReads;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::loader::{Lookup, by_key, group_by_key};
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::{ActionRow, DealerRecord};

/// Most actions that are read at once.
const MAX_ACTIONS: usize = 10_000;

/// The dealer with an id.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DealerById(pub DealerId);

impl Lookup<ControlReads> for DealerById {
    type Found = DealerRecord;

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

/// What was done to a dealer, the latest first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ActionsByDealer(pub DealerId);

impl Lookup<ControlReads> for ActionsByDealer {
    type Found = Vec<ActionRow>;

    async fn fetch(reads: &ControlReads, keys: &[Self]) -> AppResult<HashMap<Self, Self::Found>> {
        let ids: Vec<DealerId> = keys.iter().map(|key| key.0).collect();
        let limit = i64::try_from(MAX_ACTIONS).unwrap_or(i64::MAX);
        let rows = query::find_actions(&mut *reads.conn().await?, &ids, limit).await?;
        // Of one dealer these are his latest; of several, some would lack theirs.
        if rows.len() == MAX_ACTIONS && keys.len() > 1 {
            let message = "too much was done to these dealers to be read at once; ask for fewer";
            return Err(AppError::new(ErrorCode::LimitExceeded, message));
        }
        Ok(group_by_key(rows, |row| Self(row.dealer_id)))
    }
}
