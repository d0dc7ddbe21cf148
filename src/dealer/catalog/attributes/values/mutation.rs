//! The surface of values: mutations.

use async_graphql::{Context, Object};

use super::input::ProductAttributesSetInput;
use super::service;
use crate::dealer::catalog::products::graphql::Product;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of productAttributesSet.
    ProductAttributesSetPayload {
        /// The product; null if it was refused.
        product: Product
    }
}

/// Mutations on values.
#[derive(Default)]
pub struct ValueMutation;

#[Object]
impl ValueMutation {
    /// Says what a product is, by the attributes of its category and of those above it.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_attributes_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product, and what it is.")] input: ProductAttributesSetInput,
    ) -> AppResult<ProductAttributesSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
