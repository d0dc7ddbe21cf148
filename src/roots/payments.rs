//! The parts of the schema on payments and reminders.

use async_graphql::MergedObject;

use crate::dealer::payments::events::{
    PaymentAllocated, PaymentReconciled, PaymentRecorded, PaymentRefunded, PaymentReversed,
};
use crate::dealer::payments::graphql::{PaymentListQuery, PaymentQuery};
use crate::dealer::payments::mutation::PaymentMutation;
use crate::dealer::payments::reminders::events::CustomerReminded;
use crate::dealer::payments::reminders::graphql::{PaymentReminderListQuery, PaymentReminderQuery};
use crate::dealer::payments::reminders::mutation::PaymentReminderMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    CustomerReminded::KIND,
    PaymentAllocated::KIND,
    PaymentReconciled::KIND,
    PaymentRecorded::KIND,
    PaymentRefunded::KIND,
    PaymentReversed::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct PaymentQueries(
    PaymentQuery,
    PaymentListQuery,
    PaymentReminderQuery,
    PaymentReminderListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct PaymentMutations(PaymentMutation, PaymentReminderMutation);
