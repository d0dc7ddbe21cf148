//! The surface of counts: mutations.

use async_graphql::{Context, Object};

use super::graphql::StockCount;
use super::input::{
    StockCountCancelInput, StockCountOpenInput, StockCountPostInput, StockCountRecordInput,
};
use super::{opening, posting, recording, service};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a count.
    StockCountPayload {
        /// The count; null if it was refused.
        stock_count: StockCount
    }
}

/// Mutations on counts.
#[derive(Default)]
pub struct StockCountMutation;

#[Object]
impl StockCountMutation {
    /// Opens a count. Goods may come and go while it is open; each of its products is in no
    /// other open count of the warehouse.
    #[graphql(guard = P::StockAdjust.and(OnceOnly), directive = has_permission::apply(P::StockAdjust))]
    async fn stock_count_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to count.")] input: StockCountOpenInput,
    ) -> AppResult<StockCountPayload> {
        let unit = ctx.unit()?;
        let result = opening::open(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Records what was counted, in any units, as often as it is counted. Record it before
    /// more of it moves: it is compared with what the books say at this moment.
    #[graphql(guard = P::StockAdjust.and(OnceOnly), directive = has_permission::apply(P::StockAdjust))]
    async fn stock_count_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was counted.")] input: StockCountRecordInput,
    ) -> AppResult<StockCountPayload> {
        let unit = ctx.unit()?;
        let result = recording::record(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Puts what was found into the books: a movement for each variance, with the reason FOUND
    /// or LOSS. Afterwards as much is on hand as was counted, and what has moved since.
    #[graphql(guard = P::StockAdjust.and(OnceOnly), directive = has_permission::apply(P::StockAdjust))]
    async fn stock_count_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: StockCountPostInput,
    ) -> AppResult<StockCountPayload> {
        let unit = ctx.unit()?;
        let result = posting::post(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a count up; the books stay as they are.
    #[graphql(guard = P::StockAdjust, directive = has_permission::apply(P::StockAdjust))]
    async fn stock_count_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: StockCountCancelInput,
    ) -> AppResult<StockCountPayload> {
        let unit = ctx.unit()?;
        let result = service::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
