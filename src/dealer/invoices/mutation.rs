//! The surface of invoices: mutations.

use async_graphql::{Context, Object};

use super::graphql::Invoice;
use super::input::{
    CreditNoteCreateInput, InvoiceFromDeliveriesInput, InvoiceFromOrderInput, InvoiceStepInput,
    InvoiceUpdateInput,
};
use super::mails::input::InvoiceSendInput;
use super::mails::send;
use super::{change, correct, from, post};
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::OnceOnly;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of invoiceFromDeliveries.
    InvoiceFromDeliveriesPayload {
        /// The drafts, one for each customer or job; null if it was refused.
        invoices: Vec<Invoice>
    }
}

payload! {
    /// Result of a mutation on an invoice.
    InvoicePayload {
        /// The invoice, or the credit note that was written; null if it was refused.
        invoice: Invoice
    }
}

/// Mutations on invoices.
#[derive(Default)]
pub struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Writes drafts of what deliveries brought and is not billed: one for each customer, or for
    /// each of its jobs. What stands on a draft is on no other.
    #[graphql(guard = P::InvoicesManage.and(OnceOnly), directive = has_permission::apply(P::InvoicesManage))]
    async fn invoice_from_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to bill.")] input: InvoiceFromDeliveriesInput,
    ) -> AppResult<InvoiceFromDeliveriesPayload> {
        let unit = ctx.unit()?;
        let result = from::deliveries(&mut *unit.tx().await?, input).await;
        let invoices = |rows: Vec<_>| rows.into_iter().map(Invoice).collect::<Vec<_>>();
        let outcome = unit.outcome(result.map(invoices))?;
        Ok(outcome.into())
    }

    /// Writes a draft of what of an order is delivered and not billed, or, for payment in advance,
    /// of all that is not billed.
    #[graphql(guard = P::InvoicesManage.and(OnceOnly), directive = has_permission::apply(P::InvoicesManage))]
    async fn invoice_from_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to bill.")] input: InvoiceFromOrderInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = from::order(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a draft.
    #[graphql(guard = P::InvoicesManage, directive = has_permission::apply(P::InvoicesManage))]
    async fn invoice_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: InvoiceUpdateInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = change::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Throws a draft away; gives it as it was, without its lines. They can be billed again.
    #[graphql(guard = P::InvoicesManage, directive = has_permission::apply(P::InvoicesManage))]
    async fn invoice_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: InvoiceStepInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = change::discard(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Posts a draft to its customer's account: it gets its number, its date and the day until
    /// which it is to be paid, and never changes again. `CREDIT_REFUSED` if the customer's credit is
    /// looked at here and does not let it.
    #[graphql(guard = P::InvoicePost.and(OnceOnly), directive = has_permission::apply(P::InvoicePost))]
    async fn invoice_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: InvoiceStepInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = post::post(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Writes a credit note for something of an invoice, and posts it at once. It settles the
    /// invoice as far as that is open; what is left of it stays in the customer's account.
    #[graphql(guard = P::InvoicePost.and(OnceOnly), directive = has_permission::apply(P::InvoicePost))]
    async fn credit_note_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to credit.")] input: CreditNoteCreateInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = correct::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Mails a posted invoice or credit note, as PDF, to its customer or to a contact of it. It is
    /// sent some seconds later; 5 times within a day at most.
    #[graphql(guard = P::InvoicesManage.and(OnceOnly), directive = has_permission::apply(P::InvoicesManage))]
    async fn invoice_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and to whom.")] input: InvoiceSendInput,
    ) -> AppResult<InvoicePayload> {
        let unit = ctx.unit()?;
        let result = send::send(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
