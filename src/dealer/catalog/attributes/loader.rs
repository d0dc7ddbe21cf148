//! Batched lookups of attributes.

use std::collections::HashMap;

use super::model::{AttributeId, AttributeRow};
use super::query;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// An attribute by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttributeById(pub AttributeId);

impl LoaderKey for AttributeById {
    type Value = AttributeRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, AttributeRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// An attribute by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttributeByCode(pub String);

impl LoaderKey for AttributeByCode {
    type Value = AttributeRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, AttributeRow>> {
        let codes = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}

/// The attributes in use that products of a category have: its own, and those of the
/// categories above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttributesOfCategory(pub CategoryId);

impl LoaderKey for AttributesOfCategory {
    type Value = Vec<AttributeRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<AttributeRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::inherited(tx, &ids).await?;
        let groups = group_by_key(rows, |row| Self(row.0)).into_iter();
        Ok(groups
            .map(|(key, rows)| (key, rows.into_iter().map(|row| row.1).collect()))
            .collect())
    }
}
