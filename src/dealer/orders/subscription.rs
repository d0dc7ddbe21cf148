//! The surface of orders: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::events::OrderFacts;
use super::graphql::Order;
use super::loader::OrderById;
use super::model::OrderId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::events::Event;
use crate::graphql::context::ContextExt;
use crate::graphql::filter::MAX_VALUES;
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::tenancy::live::Delivery;

/// A committed change of an order.
pub struct OrderChange(Delivery);

/// A committed change of an order.
#[Object(directive = open_to_all::apply())]
impl OrderChange {
    /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
    /// later events are greater.
    async fn event_id(&self) -> ID {
        self.0.event().id.to_string().into()
    }

    /// What has happened, for instance order.confirmed.
    async fn event(&self) -> &str {
        &self.0.event().name
    }

    /// When the change was made.
    async fn at(&self) -> DateTime<Utc> {
        self.0.event().at
    }

    /// The order as it is now.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order(&self, ctx: &Context<'_>) -> AppResult<Option<Order>> {
        let id = OrderId::from_uuid(self.0.event().entity_id);
        Ok(ctx.unit()?.load(OrderById(id)).await?.map(Order))
    }
}

/// Which changes somebody wants to hear of.
struct Wanted {
    ids: Option<Vec<OrderId>>,
    customer: Option<CustomerId>,
    warehouse: Option<String>,
}

impl Wanted {
    fn is(&self, event: &Event) -> bool {
        let id = OrderId::from_uuid(event.entity_id);
        let customer = self.customer.map(CustomerId::uuid);
        let warehouse = self.warehouse.as_deref();
        let told = event.payload.get("warehouse").and_then(|one| one.as_str());
        event.entity == OrderFacts::ENTITY
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&id))
            && customer.is_none_or(|customer| event.customer == Some(customer))
            && warehouse.is_none_or(|warehouse| told == Some(warehouse))
    }
}

/// Live updates of orders.
#[derive(Default)]
pub struct OrderSubscription;

#[Subscription]
impl OrderSubscription {
    /// Orders written, changed, confirmed, held, cancelled, and those that come on: each change
    /// once, in the order of the commits. At the portal one's own.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    #[expect(
        clippy::too_many_arguments,
        reason = "filters are flat, as those of lists"
    )]
    async fn order_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these orders, at most 200; all if absent.")] ids: Option<
            Vec<OrderId>,
        >,
        #[graphql(desc = "Only those of this customer.")] customer_id: Option<CustomerId>,
        #[graphql(
            desc = "Only those whose goods come from this warehouse where a line does not \
                          say."
        )]
        warehouse_id: Option<WarehouseId>,
        #[graphql(
            desc = "Begin behind this event, to miss nothing between two connections; from now on \
                    if absent. EVENTS_PRUNED if what comes behind it is not kept any more."
        )]
        after_event_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<OrderChange, AppError>>, AppError> {
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let wanted = Wanted {
            ids,
            customer: customer_id,
            warehouse: warehouse_id.map(|id| id.to_string()),
        };
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, OrderChange, move |event| wanted.is(event)))
    }
}
