//! Batched lookups of categories.

use std::collections::HashMap;

use super::model::{CategoryId, CategoryRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A category by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CategoryById(pub CategoryId);

impl LoaderKey for CategoryById {
    type Value = CategoryRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, CategoryRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A category by its code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CategoryByCode(pub String);

impl LoaderKey for CategoryByCode {
    type Value = CategoryRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, CategoryRow>> {
        let codes: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_code(tx, &codes).await?;
        Ok(by_key(rows, |row| Self(row.code.clone())))
    }
}

/// The categories right below one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CategoriesByParent(pub CategoryId);

impl LoaderKey for CategoriesByParent {
    type Value = Vec<CategoryRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<CategoryRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_children(tx, &ids).await?;
        let child_of = |row: CategoryRow| row.parent_id.map(|parent| (parent, row));
        let rows: Vec<_> = rows.into_iter().filter_map(child_of).collect();
        let groups = group_by_key(rows, |row| Self(row.0)).into_iter();
        Ok(groups
            .map(|(key, rows)| (key, rows.into_iter().map(|row| row.1).collect()))
            .collect())
    }
}

/// The categories on the way from the top of the tree down to one, itself included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathOfCategory(pub CategoryId);

impl LoaderKey for PathOfCategory {
    type Value = Vec<CategoryRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<CategoryRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::paths(tx, &ids).await?;
        let groups = group_by_key(rows, |row| Self(row.0)).into_iter();
        Ok(groups
            .map(|(key, rows)| (key, rows.into_iter().map(|row| row.1).collect()))
            .collect())
    }
}
