//! Batched lookups of histories.

use std::cmp::Reverse;
use std::collections::HashMap;

use uuid::Uuid;

use super::model::Record;
use super::query::AuditRow;
use crate::error::AppResult;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;
use crate::tenancy::audit::read::{Subject, history};

/// What became of a record, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryOf {
    /// What kind of record.
    pub record: Record,
    /// Which one.
    pub id: Uuid,
    /// At most so many rows.
    pub most: i64,
}

impl LoaderKey for HistoryOf {
    type Value = Vec<AuditRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<AuditRow>>> {
        let subjects = keys.iter().flat_map(|key| {
            let subject = |entity: &&'static str| Subject {
                entity,
                entity_id: key.id.to_string(),
            };
            key.record.tables.iter().map(subject)
        });
        let most = keys.iter().map(|key| key.most).max().unwrap_or_default();
        let rows = history(tx, subjects.collect(), most).await?;
        let mut found: HashMap<String, Vec<AuditRow>> = HashMap::new();
        for row in rows {
            found.entry(row.entity_id.clone()).or_default().push(row);
        }
        let of = |key: &Self| {
            let rows = found.get(&key.id.to_string());
            let rows = rows.into_iter().flatten();
            let mut rows: Vec<AuditRow> = rows
                .filter(|row| key.record.tables.contains(&row.entity.as_str()))
                .cloned()
                .collect();
            rows.sort_by_key(|row| Reverse(row.id));
            rows.truncate(usize::try_from(key.most).unwrap_or_default());
            rows
        };
        Ok(keys.iter().map(|key| (*key, of(key))).collect())
    }
}
