//! Batched lookups of how products are measured.

use std::collections::HashMap;

use super::measures::Measures;
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// The units of one product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MeasuresOf(pub ProductId);

impl LoaderKey for MeasuresOf {
    type Value = Measures;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Measures>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::measured(tx, &ids).await?;
        let groups = group_by_key(rows, |row| Self(row.product_id)).into_iter();
        groups
            .map(|(key, rows)| Ok((key, Measures::from_rows(&rows)?)))
            .collect()
    }
}
