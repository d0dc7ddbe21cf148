//! The parts of the schema on goods that come back.

use async_graphql::MergedObject;

use crate::dealer::returns::events::{
    ReturnApproved, ReturnCredited, ReturnReceived, ReturnRejected, ReturnRequested,
};
use crate::dealer::returns::graphql::{ReturnListQuery, ReturnQuery};
use crate::dealer::returns::mutation::ReturnMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    ReturnRequested::KIND,
    ReturnApproved::KIND,
    ReturnRejected::KIND,
    ReturnReceived::KIND,
    ReturnCredited::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct ReturnsQueries(ReturnQuery, ReturnListQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct ReturnsMutations(ReturnMutation);
