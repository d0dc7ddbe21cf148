//! The surface of returns: mutations.

use async_graphql::{Context, Object};

use super::graphql::Return;
use super::input::{
    ReturnApproveInput, ReturnCreditInput, ReturnReceiveInput, ReturnRejectInput,
    ReturnRequestInput,
};
use super::{answer, credit, receive, request};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a return.
    ReturnPayload {
        /// The return; null if it was refused.
        r#return: Return
    }
}

/// Mutations on returns.
#[derive(Default)]
pub struct ReturnMutation;

#[Object]
impl ReturnMutation {
    /// Writes down what a customer wants to bring back of an order: at most what was delivered
    /// and is neither back nor on its way back. Whoever asks for more is refused with
    /// `NOT_ALLOWED`, and told in `returnable` how much there is. Pallets and the like on which
    /// there is a deposit come back like other goods.
    #[graphql(guard = P::ReturnsManage.and(OnceOnly), directive = has_permission::apply(P::ReturnsManage))]
    async fn return_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The return.")] input: ReturnRequestInput,
    ) -> AppResult<ReturnPayload> {
        let unit = ctx.unit()?;
        let result = request::request(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Lets the goods of a return come, and says what the dealer keeps of their credit.
    #[graphql(guard = P::ReturnsManage, directive = has_permission::apply(P::ReturnsManage))]
    async fn return_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and at what fee.")] input: ReturnApproveInput,
    ) -> AppResult<ReturnPayload> {
        let unit = ctx.unit()?;
        let result = answer::approve(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Does not let the goods of a return come, or gives one up whose goods never came.
    #[graphql(guard = P::ReturnsManage, directive = has_permission::apply(P::ReturnsManage))]
    async fn return_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: ReturnRejectInput,
    ) -> AppResult<ReturnPayload> {
        let unit = ctx.unit()?;
        let result = answer::reject(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes the goods of a return back. What can be sold again lies in the warehouse from now
    /// on, at the cost with which it left; what is spoilt, and what is never in stock, lies
    /// nowhere. What did not come can be asked for again by another return.
    #[graphql(guard = P::ReturnsManage.and(OnceOnly), directive = has_permission::apply(P::ReturnsManage))]
    async fn return_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and what came.")] input: ReturnReceiveInput,
    ) -> AppResult<ReturnPayload> {
        let unit = ctx.unit()?;
        let result = receive::receive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Credits what was invoiced of the goods that came, less the restocking fee, by a credit
    /// note that is posted at once. What was not invoiced yet is not credited and never billed,
    /// without a fee; if that is all of it, there is no credit note. Takes invoice:post.
    #[graphql(guard = P::ReturnsManage.and(OnceOnly), directive = has_permission::apply(P::ReturnsManage))]
    async fn return_credit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ReturnCreditInput,
    ) -> AppResult<ReturnPayload> {
        let unit = ctx.unit()?;
        let result = credit::credit(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
