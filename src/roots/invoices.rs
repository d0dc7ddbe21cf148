//! The parts of the schema on invoices.

use async_graphql::MergedObject;

use crate::dealer::invoices::events::{
    CreditNotePosted, InvoiceDiscarded, InvoiceDrafted, InvoiceMailed, InvoicePosted,
    InvoiceUpdated,
};
use crate::dealer::invoices::graphql::{InvoiceListQuery, InvoiceQuery};
use crate::dealer::invoices::mutation::InvoiceMutation;
use crate::dealer::invoices::settings::graphql::InvoiceSettingsQuery;
use crate::dealer::invoices::settings::mutation::InvoiceSettingsMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    InvoiceDrafted::KIND,
    InvoiceUpdated::KIND,
    InvoiceDiscarded::KIND,
    InvoicePosted::KIND,
    CreditNotePosted::KIND,
    InvoiceMailed::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct InvoicesQueries(InvoiceQuery, InvoiceListQuery, InvoiceSettingsQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct InvoicesMutations(InvoiceMutation, InvoiceSettingsMutation);
