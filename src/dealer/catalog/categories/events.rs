//! What happens to categories.

use super::model::{CategoryId, CategoryRow};
use crate::events::events;

events! {
    /// What readers learn of a category.
    pub struct CategoryFacts {
        /// The category.
        category: CategoryId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Everybody:
    /// A category was added.
    CategoryCreated = "category.created", version 1;
    /// A category was changed or moved in the tree.
    CategoryUpdated = "category.updated", version 1;
    /// A category was archived.
    CategoryArchived = "category.archived", version 1;
    /// A category that nothing used was deleted.
    CategoryDeleted = "category.deleted", version 1;
}

impl From<&CategoryRow> for CategoryFacts {
    fn from(row: &CategoryRow) -> Self {
        Self {
            category: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            record_version: row.version,
        }
    }
}
