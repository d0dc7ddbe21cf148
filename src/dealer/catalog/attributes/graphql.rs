//! The surface of attributes: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::AttributeWhere;
use super::loader::{AttributeByCode, AttributeById};
use super::model::{AttributeId, AttributeKind, AttributeRow};
use super::query::{self, AttributeOrder, AttributeSort};
use crate::dealer::catalog::categories::graphql::Category;
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::products::graphql::unit_of;
use crate::dealer::catalog::units::graphql::Unit;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};

/// What is asked of the products of a category.
#[derive(Clone)]
pub struct Attribute(pub AttributeRow);

impl From<AttributeRow> for Attribute {
    fn from(row: AttributeRow) -> Self {
        Self(row)
    }
}

/// What is asked of the products of a category and of all below it.
#[Object(directive = has_permission::apply(P::CategoriesRead))]
impl Attribute {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The category that has it, with all below.
    async fn category(&self, ctx: &Context<'_>) -> AppResult<Category> {
        let row = ctx.unit()?.load(CategoryById(self.0.category_id)).await?;
        let missing = || AppError::internal("the category of an attribute has vanished");
        row.map(Category).ok_or_else(missing)
    }

    /// What its values are.
    async fn kind(&self) -> AttributeKind {
        self.0.kind
    }

    /// What a number is given in; null if it has no unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Option<Unit>> {
        match self.0.unit_id {
            Some(id) => unit_of(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The texts of a choice in their order; null for other kinds.
    async fn choices(&self) -> Option<&[String]> {
        self.0.choices.as_deref()
    }

    /// Whether a product needs a value to come into the category.
    async fn is_required(&self) -> bool {
        self.0.is_required
    }

    /// Whether lists of products can be filtered by it.
    async fn is_filterable(&self) -> bool {
        self.0.is_filterable
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Queries on attributes.
#[derive(Default)]
pub struct AttributeQuery;

#[Object]
impl AttributeQuery {
    /// One attribute, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn attribute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<AttributeId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<Attribute>> {
        let keys = (id.map(AttributeById), code.map(AttributeByCode));
        let message = "name the attribute by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(Attribute))
    }
}

list_query! {
    /// The list of attributes.
    AttributeListQuery: query,
    /// The attributes of the dealer's categories.
    attributes -> Attribute,
    needs: CategoriesRead,
    filter: AttributeWhere = "Which attributes.",
    order: AttributeOrder as AttributeSort = "Sort keys, at most 3; by code if absent.",
}
