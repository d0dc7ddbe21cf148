//! The parts of the schema on bringing goods to customers.

use async_graphql::MergedObject;

use crate::dealer::deliveries::events::{
    DeliveryCancelled, DeliveryDelivered, DeliveryDispatched, DeliveryFailed, DeliveryLoaded,
    DeliveryPlanned, DeliveryUpdated,
};
use crate::dealer::deliveries::graphql::{DeliveryListQuery, DeliveryQuery};
use crate::dealer::deliveries::mutation::DeliveryMutation;
use crate::dealer::deliveries::runs::events::{
    DeliveryRunCancelled, DeliveryRunCreated, DeliveryRunFinished, DeliveryRunStarted,
    DeliveryRunUpdated,
};
use crate::dealer::deliveries::runs::graphql::{DeliveryRunListQuery, DeliveryRunQuery};
use crate::dealer::deliveries::runs::mutation::DeliveryRunMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    DeliveryPlanned::KIND,
    DeliveryUpdated::KIND,
    DeliveryLoaded::KIND,
    DeliveryDispatched::KIND,
    DeliveryDelivered::KIND,
    DeliveryFailed::KIND,
    DeliveryCancelled::KIND,
    DeliveryRunCreated::KIND,
    DeliveryRunUpdated::KIND,
    DeliveryRunStarted::KIND,
    DeliveryRunFinished::KIND,
    DeliveryRunCancelled::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct DeliveryQueries(
    DeliveryQuery,
    DeliveryListQuery,
    DeliveryRunQuery,
    DeliveryRunListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct DeliveryMutations(DeliveryMutation, DeliveryRunMutation);
