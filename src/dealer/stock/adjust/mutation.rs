//! The surface of corrections.

use async_graphql::{Context, Object};

use super::input::StockAdjustInput;
use super::service;
use crate::dealer::stock::ledger::graphql::StockMovement;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of stockAdjust.
    StockAdjustPayload {
        /// The movements, in the order of the lines; null if it was refused.
        movements: Vec<StockMovement>
    }
}

/// Corrections of what is there.
#[derive(Default)]
pub struct StockAdjustMutation;

#[Object]
impl StockAdjustMutation {
    /// Corrects what is in a warehouse, with a reason. All lines are done, or none.
    #[graphql(guard = P::StockAdjust.and(OnceOnly), directive = has_permission::apply(P::StockAdjust))]
    async fn stock_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: StockAdjustInput,
    ) -> AppResult<StockAdjustPayload> {
        let unit = ctx.unit()?;
        let result = service::adjust(&mut *unit.tx().await?, input).await;
        let moved = |rows: Vec<_>| rows.into_iter().map(StockMovement).collect::<Vec<_>>();
        Ok(unit.outcome(result)?.map(moved).into())
    }
}
