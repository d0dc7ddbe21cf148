//! Batched lookups of stock levels.

use std::collections::HashMap;

use super::model::StockLevelRow;
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// The levels of one product in all warehouses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StockLevelsByProduct(pub ProductId);

impl LoaderKey for StockLevelsByProduct {
    type Value = Vec<StockLevelRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<StockLevelRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_products(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.product_id)))
    }
}
