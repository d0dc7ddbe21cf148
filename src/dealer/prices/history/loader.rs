//! Batched lookups of what prices were.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Change, Kept};
use crate::error::AppResult;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;
use crate::tenancy::audit::read::{Subject, history_of_column};

/// What a price was, the latest change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceChangesOf {
    /// Which price.
    pub kept: Kept,
    /// Of which record.
    pub id: Uuid,
    /// At most so many changes.
    pub most: i64,
}

impl LoaderKey for PriceChangesOf {
    type Value = Vec<Change>;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Vec<Change>>> {
        let mut found: HashMap<Self, Vec<Change>> = HashMap::new();
        for kept in [Kept::ListPrice, Kept::RuleValue] {
            let own: Vec<&Self> = keys.iter().filter(|key| key.kept == kept).collect();
            let Some(most) = own.iter().map(|key| key.most).max() else {
                continue;
            };
            let subjects = own.iter().map(|key| Subject {
                entity: kept.table(),
                entity_id: key.id.to_string(),
            });
            let mut rows = history_of_column(tx, subjects.collect(), kept.column(), most).await?;
            rows.sort_by_key(|row| std::cmp::Reverse(row.id));
            for key in own {
                let id = key.id.to_string();
                let rows = rows.iter().filter(|row| row.entity_id == id);
                let most = usize::try_from(key.most).unwrap_or_default();
                let changes = rows.take(most).map(|row| kept.read(row)).collect();
                found.insert(*key, changes);
            }
        }
        Ok(found)
    }
}
