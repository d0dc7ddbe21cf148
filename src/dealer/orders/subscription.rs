//! The surface of orders: live updates.
//!
//! In a file of its own because diesel's query traits in scope would clash with
//! the code that the subscription macro makes.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;

use super::events::OrderFacts;
use super::graphql::Order;
use super::loader::OrderById;
use super::model::OrderId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppError;
use crate::graphql::change::{Wanted, change};
use crate::graphql::live::{follow, heard};
use crate::graphql::permit::{Permission as P, has_permission};

change! {
    /// A committed change of an order.
    OrderChange {
        /// What has happened, for instance order.confirmed.
        event,
        /// When the change was made.
        at,
        /// The order as it is now.
        order: Order by OrderById(OrderId),
    }
    needs: OrdersRead,
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
        let wanted = Wanted::of(ids, OrderId::uuid)?
            .of_customer(customer_id.map(CustomerId::uuid))
            .at(warehouse_id);
        let follower = follow(ctx, after_event_id).await?;
        Ok(heard(follower, OrderChange, move |event| {
            event.entity == OrderFacts::ENTITY && wanted.has(event)
        }))
    }
}
