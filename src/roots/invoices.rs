//! The parts of the schema on invoices.

use async_graphql::MergedObject;

use crate::dealer::invoices::events::{
    CreditNotePosted, InvoiceDiscarded, InvoiceDrafted, InvoicePosted, InvoiceUpdated,
};
use crate::dealer::invoices::graphql::{InvoiceListQuery, InvoiceQuery};
use crate::dealer::invoices::mutation::InvoiceMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    InvoiceDrafted::KIND,
    InvoiceUpdated::KIND,
    InvoiceDiscarded::KIND,
    InvoicePosted::KIND,
    CreditNotePosted::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct InvoicesQueries(InvoiceQuery, InvoiceListQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct InvoicesMutations(InvoiceMutation);
