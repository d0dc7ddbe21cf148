//! The surface of quotes: mutations.

use async_graphql::{Context, Object};

use super::graphql::Quote;
use super::input::{
    QuoteAcceptInput, QuoteCreateInput, QuoteRejectInput, QuoteReviseInput, QuoteStepInput,
    QuoteToOrderInput, QuoteUpdateInput,
};
use super::{convert, revise, service, steps};
use crate::dealer::orders::graphql::Order;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a quote.
    QuotePayload {
        /// The quote; null if it was refused.
        quote: Quote
    }
}

payload! {
    /// Result of quoteToOrder.
    QuoteToOrderPayload {
        /// The order, a draft; null if it was refused.
        order: Order
    }
}

/// Mutations on quotes.
#[derive(Default)]
pub struct QuoteMutation;

#[Object]
impl QuoteMutation {
    /// Writes a quote down as a draft, at the prices of today. The customer does not see it
    /// before it is sent, and no goods are promised by it.
    #[graphql(guard = P::QuotesManage.and(OnceOnly), directive = has_permission::apply(P::QuotesManage))]
    async fn quote_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The quote.")] input: QuoteCreateInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a quote that is a draft. Lines that are not sent stay as they were priced.
    #[graphql(guard = P::QuotesManage, directive = has_permission::apply(P::QuotesManage))]
    async fn quote_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: QuoteUpdateInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Sends a quote whose last day has not passed: from now on the customer sees it, and can
    /// accept it up to that day. Earlier revisions of it become REVISED; refused once an order
    /// was made of one.
    #[graphql(guard = P::QuotesManage, directive = has_permission::apply(P::QuotesManage))]
    async fn quote_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: QuoteStepInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = steps::send(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Writes down that the customer has accepted a quote, which it can up to its last day. What
    /// was accepted in time does not expire. At the portal the customer's own people accept it
    /// themselves, up to what each orders without asking.
    #[graphql(guard = P::QuotesAnswer, directive = has_permission::apply(P::QuotesAnswer))]
    async fn quote_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: QuoteAcceptInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = steps::accept(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Writes down that the customer has rejected a quote.
    #[graphql(guard = P::QuotesAnswer, directive = has_permission::apply(P::QuotesAnswer))]
    async fn quote_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: QuoteRejectInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = steps::reject(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Writes the next revision of a quote down as a draft, with the same number. The earlier
    /// one stays as it is, and may even be accepted, until the new one is sent.
    #[graphql(guard = P::QuotesManage.and(OnceOnly), directive = has_permission::apply(P::QuotesManage))]
    async fn quote_revise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: QuoteReviseInput,
    ) -> AppResult<QuotePayload> {
        let unit = ctx.unit()?;
        let result = revise::revise(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Makes a draft of an order of an accepted quote, at its prices and with the taxes of
    /// today; once. Whoever comes second is refused with `ALREADY_EXISTS`, and told the order in
    /// the details `orderId` and `orderNumber`.
    #[graphql(guard = P::OrdersManage.and(OnceOnly), directive = has_permission::apply(P::OrdersManage))]
    async fn quote_to_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and what else the order says.")] input: QuoteToOrderInput,
    ) -> AppResult<QuoteToOrderPayload> {
        let unit = ctx.unit()?;
        let result = convert::to_order(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
