//! The surface of runs: mutations.

use async_graphql::{Context, Object};

use super::graphql::{DeliveryRun, MemberCheck};
use super::input::{DeliveryRunCreateInput, DeliveryRunStepInput, DeliveryRunUpdateInput};
use super::{service, start};
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::UserId;

payload! {
    /// Result of a mutation on a run.
    DeliveryRunPayload {
        /// The run; null if it was refused.
        delivery_run: DeliveryRun
    }
}

/// Refuses a driver who does not work for the dealer.
async fn known_driver(ctx: &Context<'_>, driver: Option<UserId>) -> ServiceResult<()> {
    let Some(driver) = driver else {
        return Ok(());
    };
    let MemberCheck(works_here) = ctx.service()?;
    if works_here(ctx, driver).await? {
        return Ok(());
    }
    let path = ["input", "driverId"];
    Err(UserError::at(ErrorCode::NotFound, &path, "there is no such member").into())
}

/// Mutations on runs.
#[derive(Default)]
pub struct DeliveryRunMutation;

#[Object]
impl DeliveryRunMutation {
    /// Plans the way of a truck on a day.
    #[graphql(guard = P::DeliveriesManage.and(OnceOnly), directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_run_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run.")] input: DeliveryRunCreateInput,
    ) -> AppResult<DeliveryRunPayload> {
        let unit = ctx.unit()?;
        let result = match known_driver(ctx, input.driver_id).await {
            Ok(()) => service::create(&mut *unit.tx().await?, input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a run that has not begun, and the order of its stops.
    #[graphql(guard = P::DeliveriesManage, directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_run_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: DeliveryRunUpdateInput,
    ) -> AppResult<DeliveryRunPayload> {
        let unit = ctx.unit()?;
        let result = match known_driver(ctx, input.driver_id.value().copied()).await {
            Ok(()) => service::update(&mut *unit.tx().await?, input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(result)?.into())
    }

    /// Sends all deliveries of a run on their way, as deliveryDispatch does, all of them or
    /// none. Refused while one of them is not loaded.
    #[graphql(guard = P::DeliveriesManage.and(OnceOnly), directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_run_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryRunStepInput,
    ) -> AppResult<DeliveryRunPayload> {
        let unit = ctx.unit()?;
        let result = start::start(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Says that a truck is back. Refused while a delivery of the run is on its way.
    #[graphql(guard = P::DeliveriesConfirm, directive = has_permission::apply(P::DeliveriesConfirm))]
    async fn delivery_run_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryRunStepInput,
    ) -> AppResult<DeliveryRunPayload> {
        let unit = ctx.unit()?;
        let result = service::finish(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a run up that has not begun; its deliveries are taken off.
    #[graphql(guard = P::DeliveriesManage, directive = has_permission::apply(P::DeliveriesManage))]
    async fn delivery_run_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeliveryRunStepInput,
    ) -> AppResult<DeliveryRunPayload> {
        let unit = ctx.unit()?;
        let result = service::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
