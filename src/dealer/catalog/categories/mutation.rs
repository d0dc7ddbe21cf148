//! The surface of categories: mutations.

use async_graphql::{Context, Object};

use super::graphql::Category;
use super::input::{
    CategoryArchiveInput, CategoryCreateInput, CategoryDeleteInput, CategoryMoveInput,
    CategoryUpdateInput,
};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

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

payload! {
    /// Result of categoryMove.
    CategoryMovePayload {
        /// The moved category; null if it was refused.
        category: Category
    }
}

payload! {
    /// Result of categoryDelete.
    CategoryDeletePayload {
        /// What the category was; null if it was refused.
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

    /// Hangs a category with all below it elsewhere in the tree, which has no circles and at
    /// most 20 levels.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn category_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and where to.")] input: CategoryMoveInput,
    ) -> AppResult<CategoryMovePayload> {
        let unit = ctx.unit()?;
        let result = service::relocate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Deletes a category that has no categories below it, no products, attributes and price
    /// rules; `NOT_ALLOWED` otherwise: archive it instead.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn category_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CategoryDeleteInput,
    ) -> AppResult<CategoryDeletePayload> {
        let unit = ctx.unit()?;
        let result = service::delete(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
