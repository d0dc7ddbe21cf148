//! The surface of products: mutations.

use async_graphql::{Context, Object};

use super::graphql::Product;
use super::input::{ProductArchiveInput, ProductCreateInput, ProductUpdateInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of productCreate.
    ProductCreatePayload {
        /// The new product; null if it was refused.
        product: Product
    }
}

payload! {
    /// Result of productUpdate.
    ProductUpdatePayload {
        /// The changed product; null if the change was refused.
        product: Product
    }
}

payload! {
    /// Result of productArchive.
    ProductArchivePayload {
        /// The archived product; null if it was refused.
        product: Product
    }
}

payload! {
    /// Result of productRestore.
    ProductRestorePayload {
        /// The restored product; null if it was refused.
        product: Product
    }
}

/// Mutations on products.
#[derive(Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Adds a product with its units.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product.")] input: ProductCreateInput,
    ) -> AppResult<ProductCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a product.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: ProductUpdateInput,
    ) -> AppResult<ProductUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a product: it stays in documents and leaves the catalogue.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ProductArchiveInput,
    ) -> AppResult<ProductArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a product out of the archive.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn product_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ProductArchiveInput,
    ) -> AppResult<ProductRestorePayload> {
        let unit = ctx.unit()?;
        let result = service::restore(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
