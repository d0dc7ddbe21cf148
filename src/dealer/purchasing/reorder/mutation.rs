//! The surface of ordering what runs out: the mutation.

use async_graphql::{Context, Object};

use super::graphql::ReorderToPurchaseOrdersPayload;
use super::input::ReorderToPurchaseOrdersInput;
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::permit::{Permission as P, has_permission};

/// Ordering what runs out.
#[derive(Default)]
pub struct ReorderMutation;

#[Object]
impl ReorderMutation {
    /// Makes purchase orders of what reorderSuggestions tells of a warehouse: one draft for each
    /// preferred supplier, in his units and not less than he delivers, at what it has cost last.
    /// Where none is preferred, the only one who delivers it counts as such.
    #[graphql(guard = P::PurchasingManage.and(OnceOnly), directive = has_permission::apply(P::PurchasingManage))]
    async fn reorder_to_purchase_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: ReorderToPurchaseOrdersInput,
    ) -> AppResult<ReorderToPurchaseOrdersPayload> {
        let unit = ctx.unit()?;
        let result = service::reorder(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
