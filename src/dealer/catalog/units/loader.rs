//! Batched lookups of units.

use std::collections::HashMap;

use super::model::{UnitId, UnitRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A unit by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnitById(pub UnitId);

impl LoaderKey for UnitById {
    type Value = UnitRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, UnitRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A unit by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnitByCode(pub String);

impl LoaderKey for UnitByCode {
    type Value = UnitRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, UnitRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}
