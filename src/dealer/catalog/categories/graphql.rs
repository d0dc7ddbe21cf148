//! The surface of categories.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::{CategoryArchiveInput, CategoryCreateInput, CategoryUpdateInput, CategoryWhere};
use super::loader::{CategoriesByParent, CategoryByCode, CategoryById};
use super::model::{CategoryId, CategoryRow};
use super::query::{self, CategoryOrder, CategorySort};
use super::service;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
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
        let unit = ctx.unit()?;
        let row = match (id, code) {
            (Some(id), None) => unit.load(CategoryById(id)).await?,
            (None, Some(code)) => unit.load(CategoryByCode(code)).await?,
            _ => {
                let message = "name the category by exactly one of id and code";
                return Err(AppError::bad_input("id", message));
            }
        };
        Ok(row.map(Category))
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

payload! {
    /// Result of categoryCreate.
    CategoryCreatePayload {
        /// The new category; null if it was refused.
        category: Category
    }
}

payload! {
    /// Result of categoryUpdate.
    CategoryUpdatePayload {
        /// The changed category; null if the change was refused.
        category: Category
    }
}

payload! {
    /// Result of categoryArchive.
    CategoryArchivePayload {
        /// The archived category; null if it was refused.
        category: Category
    }
}

/// Mutations on categories.
#[derive(Default)]
pub struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Adds a category.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] input: CategoryCreateInput,
    ) -> AppResult<CategoryCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a category or moves it in the tree.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: CategoryUpdateInput,
    ) -> AppResult<CategoryUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a category; its products keep it.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn category_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CategoryArchiveInput,
    ) -> AppResult<CategoryArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
