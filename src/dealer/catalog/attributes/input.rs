//! Inputs of attributes: commands and filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::model::{AttributeId, AttributeKind};
use super::query::AttributeCondition;
use crate::db::tenant_tables::attributes;
use crate::dealer::catalog::categories::input::CategoryIdFilter;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::AppResult;
use crate::graphql::filter::{Nested, StringFilter, Where, where_archived, where_id, where_text};
use crate::graphql::idempotency::IdempotencyKey;

/// An attribute to add to a category and all below it.
#[derive(InputObject, Debug)]
pub struct AttributeCreateInput {
    /// The category that has it, with all below.
    pub category_id: CategoryId,
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What its values are; can not be changed later.
    pub kind: AttributeKind,
    /// What a number is given in; can not be changed later.
    pub unit_id: Option<UnitId>,
    /// The texts of a choice in their order, 1 to 100.
    pub choices: Option<Vec<String>>,
    /// Whether a product needs a value to come into the category. Those that are there already
    /// and have none stay, and are told by `missingAttributes`.
    #[graphql(default)]
    pub is_required: bool,
    /// Whether lists of products can be filtered by it.
    #[graphql(default)]
    pub is_filterable: bool,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value. Code, kind and unit stay: values are read
/// by them.
#[derive(InputObject, Debug)]
pub struct AttributeUpdateInput {
    /// Which attribute.
    pub id: AttributeId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name.
    pub name: Option<String>,
    /// New texts of a choice; one that a product has can not go.
    pub choices: Option<Vec<String>>,
    /// Whether a product needs a value to come into the category.
    pub is_required: Option<bool>,
    /// Whether lists of products can be filtered by it.
    pub is_filterable: Option<bool>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which attribute to archive.
#[derive(InputObject, Debug)]
pub struct AttributeArchiveInput {
    /// Which attribute.
    pub id: AttributeId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which attributes to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AttributeWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the category that has it itself.
    pub category_id: Option<CategoryIdFilter>,
    /// Only those that lists of products can be filtered by (true), or only the others (false).
    pub is_filterable: Option<bool>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
}

impl Where for AttributeWhere {
    type Table = attributes::table;

    fn own(&self) -> AppResult<Vec<AttributeCondition>> {
        let mut conditions: Vec<AttributeCondition> = Vec::new();
        where_text!(conditions, attributes::code, &self.code);
        where_id!(conditions, attributes::category_id, &self.category_id);
        if let Some(wanted) = self.is_filterable {
            conditions.push(Box::new(attributes::is_filterable.eq(wanted).nullable()));
        }
        where_archived!(conditions, attributes::archived_at, self.archived);
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested::NONE
    }
}
