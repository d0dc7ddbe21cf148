//! The surface of categories: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::CategoryWhere;
use super::loader::{CategoriesByParent, CategoryByCode, CategoryById, PathOfCategory};
use super::model::{CategoryId, CategoryRow};
use super::query::{self, CategoryOrder, CategorySort};
use crate::dealer::catalog::attributes::graphql::Attribute;
use crate::dealer::catalog::attributes::loader::AttributesOfCategory;
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};

/// A node of the category tree.
#[derive(Clone)]
pub struct Category(pub CategoryRow);

impl From<CategoryRow> for Category {
    fn from(row: CategoryRow) -> Self {
        Self(row)
    }
}

/// A node of the tree by which products are sorted.
#[Object(directive = has_permission::apply(P::CategoriesRead))]
impl Category {
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

    /// The category above; null at the top of the tree.
    async fn parent(&self, ctx: &Context<'_>) -> AppResult<Option<Self>> {
        match self.0.parent_id {
            Some(parent) => Ok(ctx.unit()?.load(CategoryById(parent)).await?.map(Self)),
            None => Ok(None),
        }
    }

    /// The categories above, from the top of the tree down.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn ancestors(&self, ctx: &Context<'_>) -> AppResult<Vec<Self>> {
        let mut rows = ctx.unit()?.load_list(PathOfCategory(self.0.id)).await?;
        rows.retain(|row| row.id != self.0.id);
        Ok(rows.into_iter().map(Self).collect())
    }

    /// The names from the top of the tree down to this one.
    async fn path(&self, ctx: &Context<'_>) -> AppResult<Vec<String>> {
        let rows = ctx.unit()?.load_list(PathOfCategory(self.0.id)).await?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// The attributes in use that its products have: its own, and those of the categories
    /// above; by code.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn attributes(&self, ctx: &Context<'_>) -> AppResult<Vec<Attribute>> {
        let unit = ctx.unit()?;
        let rows = unit.load_list(AttributesOfCategory(self.0.id)).await?;
        Ok(rows.into_iter().map(Attribute).collect())
    }

    /// The categories right below, by code.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn children(&self, ctx: &Context<'_>) -> AppResult<Vec<Self>> {
        let rows = ctx.unit()?.load_list(CategoriesByParent(self.0.id)).await?;
        Ok(rows.into_iter().map(Self).collect())
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

/// Queries on categories.
#[derive(Default)]
pub struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// One category, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<CategoryId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<Category>> {
        let keys = (id.map(CategoryById), code.map(CategoryByCode));
        let message = "name the category by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(Category))
    }
}

list_query! {
    /// The list of categories.
    CategoryListQuery: query,
    /// The dealer's categories.
    categories -> Category,
    needs: CategoriesRead,
    filter: CategoryWhere = "Which categories.",
    order: CategoryOrder as CategorySort = "Sort keys, at most 3; by code if absent.",
}
