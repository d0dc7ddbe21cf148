//! Batched lookups of values.

use std::collections::HashMap;

use super::model::ValueRow;
use super::query;
use crate::dealer::catalog::attributes::model::AttributeRow;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// What a product is, with the attributes, by code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValuesOfProduct(pub ProductId);

impl LoaderKey for ValuesOfProduct {
    type Value = Vec<(ValueRow, AttributeRow)>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<(ValueRow, AttributeRow)>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_products(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.0.product_id)))
    }
}
