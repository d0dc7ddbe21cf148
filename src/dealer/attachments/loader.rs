//! Batched lookups of attachments.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::model::AttachmentRow;
use super::query;
use crate::error::AppResult;
use crate::files::FileRow;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

/// The files at a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttachmentsByRecord {
    /// Prefix of its id.
    pub entity: &'static str,
    /// The record.
    pub id: Uuid,
}

impl LoaderKey for AttachmentsByRecord {
    type Value = Vec<(AttachmentRow, FileRow)>;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Self::Value>> {
        let mut kinds: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
        for key in keys {
            kinds.entry(key.entity).or_default().push(key.id);
        }
        let mut found: HashMap<Self, Self::Value> = HashMap::new();
        for (entity, ids) in kinds {
            for row in query::find_by_records(tx, entity, &ids).await? {
                let id = row.0.entity_id;
                found.entry(Self { entity, id }).or_default().push(row);
            }
        }
        Ok(found)
    }
}
