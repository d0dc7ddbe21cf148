//! The parts of the schema on orders.

use async_graphql::MergedObject;

use crate::dealer::orders::events::{
    OrderAmended, OrderApproved, OrderCancelled, OrderClosed, OrderConfirmed, OrderCreated,
    OrderDeclined, OrderHeld, OrderPlaced, OrderProgressed, OrderReleased, OrderUpdated,
};
use crate::dealer::orders::graphql::{OrderListQuery, OrderQuery};
use crate::dealer::orders::mutation::OrderMutation;
use crate::dealer::orders::portal::mutation::OrderPortalMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    OrderCreated::KIND,
    OrderPlaced::KIND,
    OrderApproved::KIND,
    OrderDeclined::KIND,
    OrderUpdated::KIND,
    OrderConfirmed::KIND,
    OrderAmended::KIND,
    OrderHeld::KIND,
    OrderReleased::KIND,
    OrderCancelled::KIND,
    OrderClosed::KIND,
    OrderProgressed::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct OrderQueries(OrderQuery, OrderListQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct OrderMutations(OrderMutation, OrderPortalMutation);
