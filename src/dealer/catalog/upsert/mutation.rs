//! The surface of many products at once: the mutation.

use async_graphql::{Context, Object};

use super::graphql::ProductBulkUpsertPayload;
use super::input::ProductBulkUpsertInput;
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Mutations on many products at once.
#[derive(Default)]
pub struct UpsertMutation;

#[Object]
impl UpsertMutation {
    /// Adds or changes up to 500 products by SKU. Rows that are wrong are told one by one, and
    /// the others are taken.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_bulk_upsert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The products.")] input: ProductBulkUpsertInput,
    ) -> AppResult<ProductBulkUpsertPayload> {
        let unit = ctx.unit()?;
        let result = service::upsert(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
