//! The surface of price rules: mutations.

use async_graphql::{Context, Object};

use super::graphql::PriceRule;
use super::input::{PriceRuleEndInput, PriceRuleUpsertInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of priceRuleUpsert.
    PriceRuleUpsertPayload {
        /// The rule; null if it was refused.
        price_rule: PriceRule
    }
}

payload! {
    /// Result of priceRuleEnd.
    PriceRuleEndPayload {
        /// The rule as it ends, or as it was if it is removed; null if that was refused.
        price_rule: PriceRule
    }
}

/// Mutations on price rules.
#[derive(Default)]
pub struct PriceRuleMutation;

#[Object]
impl PriceRuleMutation {
    /// Sets what something costs from a day on: for a price list, a customer, a job, or for
    /// everybody in a category. After the last day of one with an end the price before goes on.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_rule_upsert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule.")] input: PriceRuleUpsertInput,
    ) -> AppResult<PriceRuleUpsertPayload> {
        let unit = ctx.unit()?;
        let result = service::upsert(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Ends a rule with a day; removes it if it has not begun by then. A rule that it had
    /// interrupted goes on the day after.
    #[graphql(guard = P::PricesManage, directive = has_permission::apply(P::PricesManage))]
    async fn price_rule_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and when.")] input: PriceRuleEndInput,
    ) -> AppResult<PriceRuleEndPayload> {
        let unit = ctx.unit()?;
        let result = service::end(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
