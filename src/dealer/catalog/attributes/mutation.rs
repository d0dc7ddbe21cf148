//! The surface of attributes: mutations.

use async_graphql::{Context, Object};

use super::graphql::Attribute;
use super::input::{AttributeArchiveInput, AttributeCreateInput, AttributeUpdateInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of attributeCreate.
    AttributeCreatePayload {
        /// The new attribute; null if it was refused.
        attribute: Attribute
    }
}

payload! {
    /// Result of attributeUpdate.
    AttributeUpdatePayload {
        /// The changed attribute; null if the change was refused.
        attribute: Attribute
    }
}

payload! {
    /// Result of attributeArchive.
    AttributeArchivePayload {
        /// The archived attribute; null if it was refused.
        attribute: Attribute
    }
}

/// Mutations on attributes.
#[derive(Default)]
pub struct AttributeMutation;

#[Object]
impl AttributeMutation {
    /// Adds an attribute to a category and all below it.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn attribute_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The attribute.")] input: AttributeCreateInput,
    ) -> AppResult<AttributeCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes an attribute.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn attribute_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: AttributeUpdateInput,
    ) -> AppResult<AttributeUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives an attribute: products keep their values, and get no new ones.
    #[graphql(guard = P::CategoriesManage, directive = has_permission::apply(P::CategoriesManage))]
    async fn attribute_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AttributeArchiveInput,
    ) -> AppResult<AttributeArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
