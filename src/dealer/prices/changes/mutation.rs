//! The surface of price changes: the mutation.

use async_graphql::{Context, Object, SimpleObject};

use super::input::PriceChangeApplyInput;
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// A price change that was made.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::PricesManage))]
pub struct PriceChangeApplied {
    /// How many prices changed.
    changed: usize,
}

payload! {
    /// Result of priceChangeApply.
    PriceChangeApplyPayload {
        /// What was changed; null if it was refused.
        applied: PriceChangeApplied
    }
}

/// Mutations on many prices.
#[derive(Default)]
pub struct PriceChangeMutation;

#[Object]
impl PriceChangeMutation {
    /// Changes many list prices as a preview has shown, all of them or none.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_change_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change, and its token.")] input: PriceChangeApplyInput,
    ) -> AppResult<PriceChangeApplyPayload> {
        let unit = ctx.unit()?;
        let result = service::apply(&mut *unit.tx().await?, &input).await;
        let applied = result.map(|changed| PriceChangeApplied { changed });
        Ok(unit.outcome(applied)?.into())
    }
}
