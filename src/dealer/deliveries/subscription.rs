//! The surface of deliveries: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;

use super::events::DeliveryFacts;
use super::graphql::Delivery;
use super::loader::DeliveryById;
use super::model::DeliveryId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppError;
use crate::graphql::change::{Wanted, change};
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission};

change! {
    /// A committed change of a delivery.
    DeliveryChange {
        /// What has happened, for instance delivery.dispatched.
        event,
        /// When the change was made.
        at,
        /// The delivery as it is now.
        delivery: Delivery by DeliveryById(DeliveryId),
    }
    needs: DeliveriesRead,
}

/// Live updates of deliveries.
#[derive(Default)]
pub struct DeliverySubscription;

#[Subscription]
impl DeliverySubscription {
    /// Deliveries planned, changed, sent on their way, handed over, failed or given up: each
    /// change once, in the order of the commits. People of a customer hear of its own.
    #[graphql(guard = P::DeliveriesRead, directive = has_permission::apply(P::DeliveriesRead))]
    #[expect(
        clippy::too_many_arguments,
        reason = "filters are flat, as those of lists"
    )]
    async fn delivery_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these deliveries, at most 200; all if absent.")] ids: Option<
            Vec<DeliveryId>,
        >,
        #[graphql(desc = "Only those of this customer.")] customer_id: Option<CustomerId>,
        #[graphql(desc = "Only those from this warehouse.")] warehouse_id: Option<WarehouseId>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<DeliveryChange, AppError>>, AppError> {
        let wanted = Wanted::of(ids, DeliveryId::uuid)?
            .of_customer(customer_id.map(CustomerId::uuid))
            .at(warehouse_id);
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, DeliveryChange, move |event| {
            event.entity == DeliveryFacts::ENTITY && wanted.has(event)
        }))
    }
}
