//! Rows and enums of quotes.

use crate::kernel::ids::typed_id;

typed_id!(
    /// A quote.
    QuoteId, "quo"
);

typed_id!(
    /// A line of a quote.
    QuoteLineId, "qul"
);
