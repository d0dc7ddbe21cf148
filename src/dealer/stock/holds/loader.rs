//! Batched lookups of reservations.

use std::collections::HashMap;

use super::model::{ReservationId, ReservationRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
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
