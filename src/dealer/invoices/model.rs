//! Rows and enums of invoices.

use crate::kernel::ids::typed_id;

typed_id!(
    /// An invoice or credit note.
    InvoiceId, "ivc"
);

typed_id!(
    /// A line of an invoice.
    InvoiceLineId, "inl"
);
