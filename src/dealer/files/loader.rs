//! Batched lookups of files.

use std::collections::HashMap;

use crate::error::AppResult;
use crate::files::{FileId, FileRow, query};
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// A file by its id, if it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileById(pub FileId);

impl LoaderKey for FileById {
    type Value = FileRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, FileRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_kept(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}
