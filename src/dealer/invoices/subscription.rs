//! The surface of invoices: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::events::{CreditNotePosted, InvoicePosted};
use super::graphql::Invoice;
use super::loader::InvoiceById;
use super::model::InvoiceId;
use crate::dealer::customers::model::CustomerId;
use crate::error::{AppError, AppResult};
use crate::events::{Event, Fact};
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery;

/// A committed posting.
pub struct InvoicePosting(Delivery);

/// An invoice or credit note that was posted.
#[Object(directive = open_to_all::apply())]
impl InvoicePosting {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// What has happened: invoice.posted or `invoice.credit_note_posted`.
    async fn event(&self) -> &str {
        &self.0.event().name
    }

    /// When it was posted.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The invoice or credit note.
    #[graphql(guard = P::InvoicesRead, directive = has_permission::apply(P::InvoicesRead))]
    async fn invoice(&self, ctx: &Context<'_>) -> AppResult<Option<Invoice>> {
        let id = InvoiceId::from_uuid(self.0.event().entity_id);
        Ok(ctx.unit()?.load(InvoiceById(id)).await?.map(Invoice))
    }
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
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, InvoicePosting, move |event| {
            let is_of = customer_id.is_none_or(|id| event.customer == Some(id.uuid()));
            is_posting(event) && is_of && ids.as_ref().is_none_or(|ids| is_among(event, ids))
        }))
    }
}

fn is_posting(event: &Event) -> bool {
    event.name == InvoicePosted::KIND.name || event.name == CreditNotePosted::KIND.name
}

/// Whether it is one of these, or corrects one.
fn is_among(event: &Event, ids: &[InvoiceId]) -> bool {
    let credits = event.payload.get("credits").and_then(|id| id.as_str());
    ids.iter().any(|id| {
        id.uuid() == event.entity_id || credits.is_some_and(|credits| credits == id.to_string())
    })
}
