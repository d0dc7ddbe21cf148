//! Batched lookups of customers.

use std::collections::HashMap;

use super::model::{CustomerId, CustomerRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A customer by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CustomerById(pub CustomerId);

impl LoaderKey for CustomerById {
    type Value = CustomerRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, CustomerRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A customer by its account code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomerByCode(pub String);

impl LoaderKey for CustomerByCode {
    type Value = CustomerRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, CustomerRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}
