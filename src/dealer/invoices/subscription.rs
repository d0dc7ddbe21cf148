//! The surface of invoices: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;

use super::events::{CreditNotePosted, InvoicePosted};
use super::graphql::Invoice;
use super::loader::InvoiceById;
use super::model::InvoiceId;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppError;
use crate::events::{Event, Fact};
use crate::graphql::change::{Wanted, change};
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission};

change! {
    /// An invoice or credit note that was posted.
    InvoicePosting {
        /// What has happened: invoice.posted or `invoice.credit_note_posted`.
        event,
        /// When it was posted.
        at,
        /// The invoice or credit note.
        invoice: Invoice by InvoiceById(InvoiceId),
    }
    needs: InvoicesRead,
}

/// Live updates of invoices.
#[derive(Default)]
pub struct InvoiceSubscription;

#[Subscription]
impl InvoiceSubscription {
    /// Invoices and credit notes that are posted, each once, in the order of the commits; at the
    /// portal the caller's own.
    #[graphql(guard = P::InvoicesRead, directive = has_permission::apply(P::InvoicesRead))]
    async fn invoice_posted(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this customer.")] customer_id: Option<CustomerId>,
        #[graphql(
            desc = "Only these, and the credit notes that correct one of them; at most \
                          200, all if absent."
        )]
        ids: Option<Vec<InvoiceId>>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<InvoicePosting, AppError>>, AppError> {
        let customer = customer_id.map(CustomerId::uuid);
        let wanted = Wanted::of(ids, InvoiceId::uuid)?.of_customer(customer);
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, InvoicePosting, move |event| {
            let corrects = corrected(event).is_some_and(|id| wanted.holds(id.uuid()));
            is_posting(event) && wanted.suits(event) && (corrects || wanted.holds(event.entity_id))
        }))
    }
}

fn is_posting(event: &Event) -> bool {
    event.name == InvoicePosted::KIND.name || event.name == CreditNotePosted::KIND.name
}

/// The invoice that a credit note corrects.
fn corrected(event: &Event) -> Option<InvoiceId> {
    event.payload.get("credits")?.as_str()?.parse().ok()
}
