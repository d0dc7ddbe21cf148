//! What happens to attributes.

use super::model::{AttributeId, AttributeRow};
use crate::events::events;

events! {
    /// What readers learn of an attribute.
    pub struct AttributeFacts {
        /// The attribute.
        attribute: AttributeId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Everybody:
    /// An attribute was added to a category.
    AttributeCreated = "attribute.created", version 1;
    /// An attribute was changed.
    AttributeUpdated = "attribute.updated", version 1;
    /// An attribute was archived.
    AttributeArchived = "attribute.archived", version 1;
}

impl From<&AttributeRow> for AttributeFacts {
    fn from(row: &AttributeRow) -> Self {
        Self {
            attribute: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
