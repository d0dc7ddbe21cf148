//! Batched lookups of reservations.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{ReservationId, ReservationRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A reservation by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReservationById(pub ReservationId);

impl LoaderKey for ReservationById {
    type Value = ReservationRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, ReservationRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// What is and was promised to a document, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReservationsBySource(pub Uuid);

impl LoaderKey for ReservationsBySource {
    type Value = Vec<ReservationRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<ReservationRow>>> {
        let sources: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::of_sources(tx, &sources).await?;
        Ok(group_by_key(rows, |row| Self(row.source_id)))
    }
}
