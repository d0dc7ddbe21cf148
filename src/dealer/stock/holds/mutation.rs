//! The surface of holds: mutations.

use async_graphql::{Context, Object};

use super::graphql::StockReservation;
use super::input::{StockHoldInput, StockHoldReleaseInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of stockHold.
    StockHoldPayload {
        /// The reservation; null if it was refused.
        stock_reservation: StockReservation
    }
}

payload! {
    /// Result of stockHoldRelease.
    StockHoldReleasePayload {
        /// The reservation, of which none is open; null if it was refused.
        stock_reservation: StockReservation
    }
}

/// Mutations on holds.
#[derive(Default)]
pub struct StockHoldMutation;

#[Object]
impl StockHoldMutation {
    /// Puts goods aside, so that nobody else gets them.
    #[graphql(guard = P::StockReserve.and(OnceOnly), directive = has_permission::apply(P::StockReserve))]
    async fn stock_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The goods.")] input: StockHoldInput,
    ) -> AppResult<StockHoldPayload> {
        let unit = ctx.unit()?;
        let result = service::hold(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives goods that were put aside free again.
    #[graphql(guard = P::StockReserve, directive = has_permission::apply(P::StockReserve))]
    async fn stock_hold_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: StockHoldReleaseInput,
    ) -> AppResult<StockHoldReleasePayload> {
        let unit = ctx.unit()?;
        let result = service::give_free(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
