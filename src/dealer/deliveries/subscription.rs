//! The surface of deliveries: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::events::DeliveryFacts;
use super::graphql::Delivery;
use super::loader::DeliveryById;
use super::model::DeliveryId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::events::Event;
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery as Heard;

/// A committed change of a delivery.
pub struct DeliveryChange(Heard);

/// A committed change of a delivery.
#[Object(directive = open_to_all::apply())]
impl DeliveryChange {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// What has happened, for instance delivery.dispatched.
    async fn event(&self) -> &str {
        &self.0.event().name
    }

    /// When the change was made.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The delivery as it is now.
    #[graphql(guard = P::DeliveriesRead, directive = has_permission::apply(P::DeliveriesRead))]
    async fn delivery(&self, ctx: &Context<'_>) -> AppResult<Option<Delivery>> {
        let id = DeliveryId::from_uuid(self.0.event().entity_id);
        Ok(ctx.unit()?.load(DeliveryById(id)).await?.map(Delivery))
    }
}

/// Which deliveries to hear of.
struct Wanted {
    ids: Option<Vec<DeliveryId>>,
    customer: Option<CustomerId>,
    warehouse: Option<WarehouseId>,
}

impl Wanted {
    fn holds(&self, event: &Event) -> bool {
        let id = DeliveryId::from_uuid(event.entity_id);
        let customer = self.customer.map(CustomerId::uuid);
        let warehouse = self.warehouse.map(|warehouse| warehouse.to_string());
        let told = event.payload.get("warehouse").and_then(|one| one.as_str());
        event.entity == DeliveryFacts::ENTITY
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&id))
            && (customer.is_none() || event.customer == customer)
            && warehouse.is_none_or(|warehouse| told == Some(warehouse.as_str()))
    }
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
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let wanted = Wanted {
            ids,
            customer: customer_id,
            warehouse: warehouse_id,
        };
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, DeliveryChange, move |event| {
            wanted.holds(event)
        }))
    }
}
