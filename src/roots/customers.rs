//! The parts of the schema on customers, their jobs, accounts and credit.

use async_graphql::MergedObject;

use crate::dealer::accounts::ageing::graphql::AgeingQuery;
use crate::dealer::accounts::events::{AccountAllocated, AccountEntryPosted};
use crate::dealer::accounts::graphql::AccountEntryListQuery;
use crate::dealer::accounts::mutation::AccountMutation;
use crate::dealer::accounts::statement::graphql::StatementQuery;
use crate::dealer::credit::events::{CreditLimitWasSet, CreditOverrideGranted};
use crate::dealer::credit::graphql::CreditQuery;
use crate::dealer::credit::holds::HoldMutation;
use crate::dealer::credit::mutation::CreditMutation;
use crate::dealer::customers::contacts::mutation::ContactMutation;
use crate::dealer::customers::events::{
    CustomerArchived, CustomerCreated, CustomerHeld, CustomerReleased, CustomerRestored,
    CustomerUpdated,
};
use crate::dealer::customers::graphql::{CustomerListQuery, CustomerQuery};
use crate::dealer::customers::jobs::events::{
    JobClosed, JobCreated, JobDeactivated, JobDisabled, JobHeld, JobReleased, JobReopened,
    JobUpdated,
};
use crate::dealer::customers::jobs::graphql::{JobListQuery, JobQuery};
use crate::dealer::customers::jobs::mutation::JobMutation;
use crate::dealer::customers::mutation::CustomerMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    AccountAllocated::KIND,
    AccountEntryPosted::KIND,
    CreditLimitWasSet::KIND,
    CreditOverrideGranted::KIND,
    CustomerCreated::KIND,
    CustomerUpdated::KIND,
    CustomerArchived::KIND,
    CustomerRestored::KIND,
    CustomerHeld::KIND,
    CustomerReleased::KIND,
    JobCreated::KIND,
    JobUpdated::KIND,
    JobDeactivated::KIND,
    JobDisabled::KIND,
    JobClosed::KIND,
    JobReopened::KIND,
    JobHeld::KIND,
    JobReleased::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct CustomerQueries(
    AccountEntryListQuery,
    AgeingQuery,
    CreditQuery,
    CustomerQuery,
    CustomerListQuery,
    JobQuery,
    JobListQuery,
    StatementQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct CustomerMutations(
    AccountMutation,
    ContactMutation,
    CreditMutation,
    CustomerMutation,
    HoldMutation,
    JobMutation,
);
