//! The surface of payments: mutations.

use async_graphql::{Context, Object};

use super::graphql::Payment;
use super::input::{
    PaymentAllocateInput, PaymentDeallocateInput, PaymentReconcileInput, PaymentRecordInput,
    PaymentRefundInput, PaymentReverseInput,
};
use super::{record, refund, steps};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of a mutation on a payment.
    PaymentPayload {
        /// The payment; null if it was refused.
        payment: Payment
    }
}

/// Mutations on payments.
#[derive(Default)]
pub struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Records what a customer has paid, posts it to his account, and settles debts by it. A
    /// deposit for an order waits until that is invoiced.
    #[graphql(guard = P::PaymentsManage.and(OnceOnly), directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment.")] input: PaymentRecordInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = record::record(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Settles debts by what is left of a payment.
    #[graphql(guard = P::PaymentsManage.and(OnceOnly), directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_allocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payment, and which debts.")] input: PaymentAllocateInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = steps::allocate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes allocations of a payment back: what they settled is open again, and the payment can
    /// settle something else.
    #[graphql(guard = P::PaymentsManage.and(OnceOnly), directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_deallocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payment, and which allocations.")] input: PaymentDeallocateInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = steps::deallocate(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Notes that a payment was found on the bank's statement, or in the till.
    #[graphql(guard = P::PaymentsManage, directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_reconcile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PaymentReconcileInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = steps::reconcile(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a payment back that bounced or was recorded in error: what it had settled is open
    /// again, its entry is reversed, and the customer is reminded of that from the beginning.
    #[graphql(guard = P::PaymentsManage.and(OnceOnly), directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_reverse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: PaymentReverseInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = steps::reverse(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Pays credit back to a customer that settles nothing, never more than there is. Gives the
    /// payment to the customer.
    #[graphql(guard = P::PaymentsManage.and(OnceOnly), directive = has_permission::apply(P::PaymentsManage))]
    async fn payment_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much, and to whom.")] input: PaymentRefundInput,
    ) -> AppResult<PaymentPayload> {
        let unit = ctx.unit()?;
        let result = refund::refund(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
