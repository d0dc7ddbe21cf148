//! The surface of barcodes: what one is on.

use async_graphql::{Context, Object};

use super::loader::ScannedBarcode;
use super::model::BarcodeRow;
use crate::dealer::catalog::products::graphql::{Product, ProductUnit, units_of};
use crate::dealer::catalog::quantity::graphql::product_of;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// What a barcode is on.
pub struct ScannedProduct(BarcodeRow);

/// What a barcode is on: which product, and which unit of it.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl ScannedProduct {
    /// The barcode as it is printed.
    async fn barcode(&self) -> &str {
        &self.0.barcode
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// The unit that bears it: a pallet has another barcode than a bag.
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<ProductUnit> {
        let product = product_of(ctx, self.0.product_id).await?;
        let units = units_of(ctx, &product.0).await?;
        let mut units = units.into_iter();
        units
            .find(|unit| unit.unit_id() == self.0.unit_id)
            .ok_or_else(|| AppError::internal("a barcode is on a unit that is not there"))
    }
}

/// Queries on barcodes.
#[derive(Default)]
pub struct BarcodeQuery;

#[Object]
impl BarcodeQuery {
    /// What a barcode is on; null if it is on nothing.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product_by_barcode(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The barcode as it was scanned. Zeros in front of a GTIN make no difference."
        )]
        barcode: String,
    ) -> AppResult<Option<ScannedProduct>> {
        let row = ctx.unit()?.load(ScannedBarcode::of(&barcode)).await?;
        Ok(row.map(ScannedProduct))
    }
}
