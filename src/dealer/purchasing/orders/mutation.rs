//! The surface of purchase orders: mutations.

use async_graphql::{Context, Object};

use super::graphql::PurchaseOrder;
use super::input::{PurchaseOrderCreateInput, PurchaseOrderStepInput, PurchaseOrderUpdateInput};
use super::{service, steps};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a purchase order.
    PurchaseOrderPayload {
        /// The order; null if it was refused.
        purchase_order: PurchaseOrder
    }
}

/// Mutations on purchase orders.
#[derive(Default)]
pub struct PurchaseOrderMutation;

#[Object]
impl PurchaseOrderMutation {
    /// Writes a purchase order down as a draft.
    #[graphql(guard = P::PurchasingManage.and(OnceOnly), directive = has_permission::apply(P::PurchasingManage))]
    async fn purchase_order_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] input: PurchaseOrderCreateInput,
    ) -> AppResult<PurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a purchase order that is a draft.
    #[graphql(guard = P::PurchasingManage, directive = has_permission::apply(P::PurchasingManage))]
    async fn purchase_order_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: PurchaseOrderUpdateInput,
    ) -> AppResult<PurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Marks a purchase order as sent to its supplier: from now on its goods are expected, on
    /// days that are reckoned where nobody has said them.
    #[graphql(guard = P::PurchasingManage.and(OnceOnly), directive = has_permission::apply(P::PurchasingManage))]
    async fn purchase_order_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurchaseOrderStepInput,
    ) -> AppResult<PurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = steps::send(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a purchase order up of which nothing has come.
    #[graphql(guard = P::PurchasingManage, directive = has_permission::apply(P::PurchasingManage))]
    async fn purchase_order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurchaseOrderStepInput,
    ) -> AppResult<PurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = steps::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Ends a purchase order of which some has come and the rest is not coming.
    #[graphql(guard = P::PurchasingManage, directive = has_permission::apply(P::PurchasingManage))]
    async fn purchase_order_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurchaseOrderStepInput,
    ) -> AppResult<PurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = steps::close(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
