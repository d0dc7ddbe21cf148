//! The surface of lots: mutations.

use async_graphql::{Context, Object};

use super::graphql::LotTracking;
use super::input::LotTrackingSetInput;
use super::tracking;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of lotTrackingSet.
    LotTrackingSetPayload {
        /// How the product is kept; null if it was refused.
        lot_tracking: LotTracking
    }
}

/// Mutations on lots.
#[derive(Default)]
pub struct LotMutation;

#[Object]
impl LotMutation {
    /// Says whether a product is kept by lots, while none of it is on hand. Of one that is,
    /// what comes names its lot, and what goes takes the lots that expire first.
    #[graphql(guard = P::StockAdjust, directive = has_permission::apply(P::StockAdjust))]
    async fn lot_tracking_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is kept.")] input: LotTrackingSetInput,
    ) -> AppResult<LotTrackingSetPayload> {
        let unit = ctx.unit()?;
        let result = tracking::set(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
