//! The surface of what suppliers deliver: mutations.

use async_graphql::{Context, Object};

use super::graphql::SupplierItem;
use super::input::{SupplierItemRemoveInput, SupplierItemSetInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of supplierItemSet.
    SupplierItemSetPayload {
        /// The item as it is now; null if it was refused.
        supplier_item: SupplierItem
    }
}

payload! {
    /// Result of supplierItemRemove.
    SupplierItemRemovePayload {
        /// The item as it was; null if it was refused.
        supplier_item: SupplierItem
    }
}

/// Mutations on what suppliers deliver.
#[derive(Default)]
pub struct SupplierItemMutation;

#[Object]
impl SupplierItemMutation {
    /// Says how a supplier delivers a product.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_item_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is delivered.")] input: SupplierItemSetInput,
    ) -> AppResult<SupplierItemSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a product off what a supplier delivers; orders stay as they are.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_item_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SupplierItemRemoveInput,
    ) -> AppResult<SupplierItemRemovePayload> {
        let unit = ctx.unit()?;
        let result = service::remove(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
