//! Inputs of categories: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::model::CategoryId;
use super::query::CategoryCondition;
use crate::db::tenant_tables::categories;
use crate::error::AppResult;
use crate::graphql::filter::{
    StringFilter, Where, id_filter, nested_where, where_archived, where_id, where_text,
};
use crate::graphql::idempotency::IdempotencyKey;

id_filter!(CategoryIdFilter, CategoryId, "a category");

/// A category to add.
#[derive(InputObject, Debug)]
pub struct CategoryCreateInput {
    /// Unique short code: letters, digits and - _ . / Compared exactly: `til` is another
    /// one than `TIL`.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The category above, which must not be archived; none for the top of the tree.
    pub parent_id: Option<CategoryId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct CategoryUpdateInput {
    /// Which category.
    pub id: CategoryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New category above, which must not be archived; null moves it to the top of the tree.
    pub parent_id: MaybeUndefined<CategoryId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Where a category is to hang.
#[derive(InputObject, Debug)]
pub struct CategoryMoveInput {
    /// Which category; all below it go with it.
    pub id: CategoryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The category above from now on, which must not be archived; null or absent for the top of
    /// the tree.
    pub parent_id: Option<CategoryId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which category to delete.
#[derive(InputObject, Debug)]
pub struct CategoryDeleteInput {
    /// Which category.
    pub id: CategoryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which category to archive.
#[derive(InputObject, Debug)]
pub struct CategoryArchiveInput {
    /// Which category.
    pub id: CategoryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which categories to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CategoryWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// On the category above.
    pub parent_id: Option<CategoryIdFilter>,
    /// Only those at the top of the tree (true), or only those below one (false).
    pub is_root: Option<bool>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<CategoryWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<CategoryWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<CategoryWhere>>,
}

impl Where for CategoryWhere {
    type Table = categories::table;

    fn own(&self) -> AppResult<Vec<CategoryCondition>> {
        let mut conditions: Vec<CategoryCondition> = Vec::new();
        where_text!(conditions, categories::code, &self.code);
        where_text!(conditions, categories::name, &self.name);
        where_id!(conditions, categories::parent_id, &self.parent_id);
        match self.is_root {
            Some(true) => conditions.push(Box::new(categories::parent_id.is_null().nullable())),
            Some(false) => {
                conditions.push(Box::new(categories::parent_id.is_not_null().nullable()));
            }
            None => {}
        }
        where_archived!(conditions, categories::archived_at, self.archived);
        Ok(conditions)
    }

    nested_where!();
}
