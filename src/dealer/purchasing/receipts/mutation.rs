//! The surface of goods receipts: mutations.

use async_graphql::{Context, Object};

use super::graphql::GoodsReceipt;
use super::input::GoodsReceiveInput;
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of goodsReceive.
    GoodsReceivePayload {
        /// The receipt; null if it was refused.
        goods_receipt: GoodsReceipt
    }
}

/// Mutations on goods receipts.
#[derive(Default)]
pub struct GoodsReceiptMutation;

#[Object]
impl GoodsReceiptMutation {
    /// Brings what came of a purchase order to stock, at what the supplier takes for it and its
    /// share of freight and the like. Refused with `OVER_RECEIPT` where more came than the
    /// supplier's tolerance lets pass.
    #[graphql(guard = P::PurchasingReceive.and(OnceOnly), directive = has_permission::apply(P::PurchasingReceive))]
    async fn goods_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came.")] input: GoodsReceiveInput,
    ) -> AppResult<GoodsReceivePayload> {
        let unit = ctx.unit()?;
        let result = service::receive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
