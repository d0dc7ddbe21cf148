//! What happens to quotes. Customers hear of a quote once it is sent, and not before.

use super::model::{QuoteId, QuoteRow};
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What readers learn of a quote that is being written.
    pub struct QuoteDraftFacts {
        /// The quote.
        quote: QuoteId,
        /// Its number.
        number: String,
        /// 1, 2, 3 … of its number.
        revision: i32,
        /// For whom it is.
        customer: CustomerId,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A quote, or a further revision of one, was written down.
    QuoteCreated = "quote.created", version 1;
    /// A draft of a quote was changed.
    QuoteUpdated = "quote.updated", version 1;
}

events! {
    /// What readers learn of a quote.
    pub struct QuoteFacts {
        /// The quote.
        quote: QuoteId,
        /// Its number.
        number: String,
        /// 1, 2, 3 … of its number.
        revision: i32,
        /// For whom it is.
        customer: CustomerId,
        /// The last day on which it can be accepted, as in 2026-11-30.
        valid_until: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A quote was sent.
    QuoteSent = "quote.sent", version 1;
    /// The customer wants the goods of a quote so.
    QuoteAccepted = "quote.accepted", version 1;
    /// The customer does not want the goods of a quote.
    QuoteRejected = "quote.rejected", version 1;
    /// The last day of a quote has passed without an answer.
    QuoteExpired = "quote.expired", version 1;
    /// An order was made of a quote.
    QuoteConverted = "quote.converted", version 1;
    /// A later revision of a quote was sent in its place.
    QuoteRevised = "quote.revised", version 1;
}

impl From<&QuoteRow> for QuoteDraftFacts {
    fn from(row: &QuoteRow) -> Self {
        Self {
            quote: row.id,
            number: row.number.to_string(),
            revision: row.revision,
            customer: row.customer_id,
            record_version: row.version,
        }
    }
}

impl From<&QuoteRow> for QuoteFacts {
    fn from(row: &QuoteRow) -> Self {
        Self {
            quote: row.id,
            number: row.number.to_string(),
            revision: row.revision,
            customer: row.customer_id,
            valid_until: row.valid_until.to_string(),
            record_version: row.version,
        }
    }
}
