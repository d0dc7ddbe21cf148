//! The surface of barcodes: mutations.

use async_graphql::{Context, Object};

use super::input::{BarcodeAddInput, BarcodeRemoveInput};
use super::service;
use crate::dealer::catalog::products::graphql::Product;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of barcodeAdd.
    BarcodeAddPayload {
        /// The product; null if it was refused.
        product: Product
    }
}

payload! {
    /// Result of barcodeRemove.
    BarcodeRemovePayload {
        /// The product; null if it was refused.
        product: Product
    }
}

/// Mutations on barcodes.
#[derive(Default)]
pub struct BarcodeMutation;

#[Object]
impl BarcodeMutation {
    /// Adds a barcode to a unit of a product, of at most 20.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn barcode_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The barcode, and on what.")] input: BarcodeAddInput,
    ) -> AppResult<BarcodeAddPayload> {
        let unit = ctx.unit()?;
        let result = service::add(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a barcode from a product.
    #[graphql(guard = P::ProductsManage, directive = has_permission::apply(P::ProductsManage))]
    async fn barcode_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The barcode, and of what.")] input: BarcodeRemoveInput,
    ) -> AppResult<BarcodeRemovePayload> {
        let unit = ctx.unit()?;
        let result = service::remove(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
