//! Batched lookups of warehouses.

use std::collections::HashMap;

use super::model::{WarehouseId, WarehouseRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A warehouse by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WarehouseById(pub WarehouseId);

impl LoaderKey for WarehouseById {
    type Value = WarehouseRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, WarehouseRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A warehouse by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WarehouseByCode(pub String);

impl LoaderKey for WarehouseByCode {
    type Value = WarehouseRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, WarehouseRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}
