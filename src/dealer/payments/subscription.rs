//! The surface of payments: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::events::PaymentRecorded;
use super::graphql::Payment;
use super::loader::PaymentById;
use super::model::PaymentId;
use crate::dealer::customers::model::CustomerId;
use crate::error::{AppError, AppResult};
use crate::events::Fact;
use crate::graphql::change::Wanted;
use crate::graphql::context::ContextExt;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery;

/// A payment that was recorded.
pub struct PaymentReceipt(Delivery);

/// A payment that a customer has made.
#[Object(directive = open_to_all::apply())]
impl PaymentReceipt {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// When it was recorded.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The payment as it is now.
    #[graphql(guard = P::PaymentsRead, directive = has_permission::apply(P::PaymentsRead))]
    async fn payment(&self, ctx: &Context<'_>) -> AppResult<Option<Payment>> {
        let id = PaymentId::from_uuid(self.0.event().entity_id);
        Ok(ctx.unit()?.load(PaymentById(id)).await?.map(Payment))
    }
}

/// Live updates of payments.
#[derive(Default)]
pub struct PaymentSubscription;

#[Subscription]
impl PaymentSubscription {
    /// Payments of customers, each once when it is recorded, in the order of the commits. What
    /// is paid back to customers is not among them.
    #[graphql(guard = P::PaymentsRead, directive = has_permission::apply(P::PaymentsRead))]
    async fn payment_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this customer; all if absent.")] customer_id: Option<
            CustomerId,
        >,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<PaymentReceipt, AppError>>, AppError> {
        let wanted = Wanted::default().of_customer(customer_id.map(CustomerId::uuid));
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, PaymentReceipt, move |event| {
            event.name == PaymentRecorded::KIND.name && wanted.has(event)
        }))
    }
}
