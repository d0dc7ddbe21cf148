//! The surface of what a customer's own people do with orders: mutations.

use async_graphql::{Context, Object};

use super::input::{OrderDeclineInput, OrderPlaceInput};
use super::{answer, place};
use crate::dealer::orders::input::OrderStepInput;
use crate::dealer::orders::mutation::OrderPayload;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::permit::{Permission as P, has_permission};

/// Mutations of a customer's own people on orders.
#[derive(Default)]
pub struct OrderPortalMutation;

#[Object]
impl OrderPortalMutation {
    /// Places an order at the portal, for the customer whose people the caller is one of, at that
    /// customer's prices of today. It is a draft, which the dealer's people confirm; where it comes
    /// to more than the caller orders without asking, another of the customer's people has to
    /// approve it first.
    #[graphql(guard = P::OrdersPlace.and(OnceOnly), directive = has_permission::apply(P::OrdersPlace))]
    async fn order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] input: OrderPlaceInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = place::place(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Approves an order that another of the customer's people has placed, up to what the caller
    /// may; the dealer's people can confirm it from now on.
    #[graphql(guard = P::OrdersPlace, directive = has_permission::apply(P::OrdersPlace))]
    async fn order_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = answer::approve(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Declines an order that another of the customer's people has placed: it is CANCELLED.
    #[graphql(guard = P::OrdersPlace, directive = has_permission::apply(P::OrdersPlace))]
    async fn order_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: OrderDeclineInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = answer::decline(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes an order back that was placed at the portal and is not confirmed yet: it is
    /// CANCELLED. Whoever placed it may, and those of the customer's people who approve orders.
    #[graphql(guard = P::OrdersPlace, directive = has_permission::apply(P::OrdersPlace))]
    async fn order_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: OrderStepInput,
    ) -> AppResult<OrderPayload> {
        let unit = ctx.unit()?;
        let result = answer::withdraw(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
