//! Batched lookups of price lists.

use std::collections::HashMap;

use super::model::{PriceListId, PriceListRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A price list by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceListById(pub PriceListId);

impl LoaderKey for PriceListById {
    type Value = PriceListRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PriceListRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A price list by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PriceListByCode(pub String);

impl LoaderKey for PriceListByCode {
    type Value = PriceListRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PriceListRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}
