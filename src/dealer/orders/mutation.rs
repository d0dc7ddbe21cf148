//! The surface of orders: mutations.

use async_graphql::{Context, Object, SimpleObject};

use super::graphql::Order;
use super::input::{
    OrderAmendInput, OrderCreateInput, OrderHoldInput, OrderLineCancelInput, OrderStepInput,
    OrderUpdateInput, SpecialOrderToPurchaseOrderInput,
};
use super::{amend, cancel, confirm, drafting, special, steps};
use crate::dealer::purchasing::orders::graphql::PurchaseOrder;
use crate::dealer::purchasing::orders::model::PurchaseOrderRow;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on an order.
    OrderPayload {
        /// The order; null if it was refused.
        order: Order
    }
}

/// Result of specialOrderToPurchaseOrder.
#[derive(SimpleObject)]
pub struct SpecialOrderToPurchaseOrderPayload {
    /// The drafts, one for each supplier and warehouse; null if it was refused.
    pub purchase_orders: Option<Vec<PurchaseOrder>>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl From<Result<Vec<PurchaseOrderRow>, Vec<UserError>>> for SpecialOrderToPurchaseOrderPayload {
    fn from(outcome: Result<Vec<PurchaseOrderRow>, Vec<UserError>>) -> Self {
        match outcome {
            Ok(rows) => Self {
                purchase_orders: Some(rows.into_iter().map(PurchaseOrder).collect()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                purchase_orders: None,
                user_errors,
            },
        }
    }
}

/// Mutations on orders.
#[derive(Default)]
pub struct OrderMutation;

#[Object]
impl OrderMutation {
    /// Writes an order down as a draft, at the prices of today. Nothing is promised yet.
    #[graphql(guard = P::OrdersManage.and(OnceOnly), directive = has_permission::apply(P::OrdersManage))]
    async fn order_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] input: OrderCreateInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = drafting::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes an order that is a draft.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: OrderUpdateInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = drafting::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Confirms an order that is a draft: the customer's credit is looked at, and all goods from
    /// stock are promised, or nothing is done. Each line of which too little is available is told
    /// by `INSUFFICIENT_STOCK` with what there is instead.
    #[graphql(guard = P::OrdersManage.and(OnceOnly), directive = has_permission::apply(P::OrdersManage))]
    async fn order_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = confirm::confirm(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes what is wanted of an order that is confirmed: other amounts, lines that come and
    /// lines that go. Goods are promised anew, and the customer's credit is looked at for what it
    /// comes to more; all of it is done or nothing.
    #[graphql(guard = P::OrdersManage.and(OnceOnly), directive = has_permission::apply(P::OrdersManage))]
    async fn order_amend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: OrderAmendInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = amend::amend(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives up what is left of a line, or some of it; its goods are free again.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_line_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which line, and how much.")] input: OrderLineCancelInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = cancel::cancel_line(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives up a draft, or what is not delivered of an order; its goods are free again. Refused
    /// while some of it is on a delivery, or invoiced and not delivered.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = cancel::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Ends an order that is delivered in part, and of which nobody waits for the rest. It is
    /// CLOSED as soon as what was delivered is invoiced.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = cancel::close(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lets nothing of an order be delivered until further notice; its goods stay promised.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: OrderHoldInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = steps::hold(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lifts the hold of an order.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn order_hold_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = steps::release_hold(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Makes purchase orders of lines of orders whose goods are bought for them: one draft for
    /// each supplier and warehouse, at what the goods have cost last. What comes of them is
    /// promised to the lines.
    #[graphql(guard = P::PurchasingManage.and(OnceOnly), directive = has_permission::apply(P::PurchasingManage))]
    async fn special_order_to_purchase_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lines, and of whom.")] input: SpecialOrderToPurchaseOrderInput,
    ) -> AppResult<SpecialOrderToPurchaseOrderPayload> {
        let unit = ctx.unit()?;
        let result = special::buy(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
