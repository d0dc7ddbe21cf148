//! Batched lookups of tax classes.

use std::collections::HashMap;

use super::model::{TaxClassId, TaxClassRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A tax class by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaxClassById(pub TaxClassId);

impl LoaderKey for TaxClassById {
    type Value = TaxClassRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, TaxClassRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}
