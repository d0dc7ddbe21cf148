//! The surface of transfers: mutations.

use async_graphql::{Context, Object};

use super::graphql::Transfer;
use super::input::{TransferCreateInput, TransferReceiveInput, TransferStepInput};
use super::{receive, service};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a transfer.
    TransferPayload {
        /// The transfer; null if it was refused.
        transfer: Transfer
    }
}

/// Mutations on transfers.
#[derive(Default)]
pub struct TransferMutation;

#[Object]
impl TransferMutation {
    /// Writes a transfer down; nothing is reserved yet.
    #[graphql(guard = P::TransfersManage.and(OnceOnly), directive = has_permission::apply(P::TransfersManage))]
    async fn transfer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transfer.")] input: TransferCreateInput,
    ) -> AppResult<TransferPayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Reserves the goods of a transfer where they are.
    #[graphql(guard = P::TransfersManage, directive = has_permission::apply(P::TransfersManage))]
    async fn transfer_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransferStepInput,
    ) -> AppResult<TransferPayload> {
        let unit = ctx.unit()?;
        let result = service::approve(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Sends the goods of a transfer on their way. Until they are received they lie in a
    /// warehouse of kind TRANSIT, which is made if there is none.
    #[graphql(guard = P::TransfersManage.and(OnceOnly), directive = has_permission::apply(P::TransfersManage))]
    async fn transfer_dispatch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransferStepInput,
    ) -> AppResult<TransferPayload> {
        let unit = ctx.unit()?;
        let result = service::dispatch(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Puts the goods of a transfer where they should be. What did not arrive is written
    /// off as lost, what arrived besides is written down as found.
    #[graphql(guard = P::TransfersManage.and(OnceOnly), directive = has_permission::apply(P::TransfersManage))]
    async fn transfer_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What arrived.")] input: TransferReceiveInput,
    ) -> AppResult<TransferPayload> {
        let unit = ctx.unit()?;
        let result = receive::receive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a transfer up whose goods have not left; what was reserved is free again.
    #[graphql(guard = P::TransfersManage, directive = has_permission::apply(P::TransfersManage))]
    async fn transfer_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransferStepInput,
    ) -> AppResult<TransferPayload> {
        let unit = ctx.unit()?;
        let result = service::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
