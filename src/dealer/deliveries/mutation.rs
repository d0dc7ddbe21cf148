//! The surface of deliveries: mutations.

use async_graphql::{Context, Object};

use super::graphql::Delivery;
use super::input::{
    DeliveryConfirmInput, DeliveryFailInput, DeliveryPickupInput, DeliveryPlanInput,
    DeliveryStepInput, DeliveryUpdateInput,
};
use super::{confirm, dispatch, pickup, service};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a delivery.
    DeliveryPayload {
        /// The delivery; null if it was refused.
        delivery: Delivery
    }
}

/// Mutations on deliveries.
#[derive(Default)]
pub struct DeliveryMutation;

#[Object]
impl DeliveryMutation {
    /// Plans a delivery of goods of an order. Several deliveries share an order among trucks,
    /// days and warehouses; what is planned can not be planned again, and is refused with
    /// `OVER_DELIVERY`.
    #[graphql(guard = P::DeliveriesManage.and(OnceOnly), directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The delivery.")] input: DeliveryPlanInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = service::plan(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a delivery that is planned: its day, its run and stop, its lines.
    #[graphql(guard = P::DeliveriesManage, directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: DeliveryUpdateInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Says that the goods of a delivery are on the truck.
    #[graphql(guard = P::DeliveriesManage, directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_load(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryStepInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = service::load(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Sends a delivery that is loaded on its way: its goods leave the stock, and what was
    /// promised to the order is used. Refused while the order is on hold, and where the
    /// customer's credit is looked at when goods leave and does not let them.
    #[graphql(guard = P::DeliveriesManage.and(OnceOnly), directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_dispatch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryStepInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = dispatch::dispatch(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Says what of a delivery was handed over, and to whom. What was not comes back to the
    /// warehouse at the cost it left with, and is promised to the order again.
    #[graphql(guard = P::DeliveriesConfirm.and(OnceOnly), directive = has_permission::apply(P::DeliveriesConfirm))]
    async fn delivery_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was handed over.")] input: DeliveryConfirmInput,
    ) -> AppResult<DeliveryPayload> {
        let (unit, files) = (ctx.unit()?, ctx.service()?);
        let result = confirm::confirm(&mut *unit.tx().await?, files, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Says that nobody took the goods of a delivery: all of them come back to the warehouse,
    /// and are promised to the order again.
    #[graphql(guard = P::DeliveriesConfirm.and(OnceOnly), directive = has_permission::apply(P::DeliveriesConfirm))]
    async fn delivery_fail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: DeliveryFailInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = confirm::fail(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a delivery up whose goods have not left; they stay promised to the order.
    #[graphql(guard = P::DeliveriesManage, directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryStepInput,
    ) -> AppResult<DeliveryPayload> {
        let unit = ctx.unit()?;
        let result = service::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Hands goods of an order over at the counter: planned, dispatched and confirmed at once.
    #[graphql(guard = P::DeliveriesManage.and(OnceOnly), directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_pickup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer takes with him.")] input: DeliveryPickupInput,
    ) -> AppResult<DeliveryPayload> {
        let (unit, files) = (ctx.unit()?, ctx.service()?);
        let result = pickup::pickup(&mut *unit.tx().await?, files, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
