//! Batched lookups of suppliers.

use std::collections::HashMap;

use super::model::{SupplierId, SupplierRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A supplier by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SupplierById(pub SupplierId);

impl LoaderKey for SupplierById {
    type Value = SupplierRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, SupplierRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A supplier by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SupplierByCode(pub String);

impl LoaderKey for SupplierByCode {
    type Value = SupplierRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, SupplierRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}
