//! The parts of the schema on quotes.

use async_graphql::MergedObject;

use crate::dealer::quotes::events::{
    QuoteAccepted, QuoteConverted, QuoteCreated, QuoteExpired, QuoteRejected, QuoteRevised,
    QuoteSent, QuoteUpdated,
};
use crate::dealer::quotes::graphql::QuoteQuery;
use crate::dealer::quotes::mutation::QuoteMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    QuoteCreated::KIND,
    QuoteUpdated::KIND,
    QuoteSent::KIND,
    QuoteAccepted::KIND,
    QuoteRejected::KIND,
    QuoteExpired::KIND,
    QuoteConverted::KIND,
    QuoteRevised::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct QuotesQueries(QuoteQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct QuotesMutations(QuoteMutation);
