//! What follows from a posting: the one place that every invoice and credit note goes through.

use super::events::{CreditNotePosted, InvoicePosted};
use super::model::{InvoiceKind, InvoiceLineRow, InvoiceRow};
use crate::db::error::DbResult;
use crate::tenancy::TenantTx;

/// Tells of an invoice or credit note that is posted, with its lines. The series of numbers is
/// held by now, so postings come here one by one.
#[expect(clippy::unused_async, reason = "reports are kept here, too")]
pub(super) async fn posted(
    tx: &mut TenantTx,
    invoice: &InvoiceRow,
    _lines: &[InvoiceLineRow],
) -> DbResult<()> {
    match invoice.kind {
        InvoiceKind::Invoice => tx.emit(&InvoicePosted(invoice.into())),
        InvoiceKind::CreditNote => tx.emit(&CreditNotePosted(invoice.into())),
    }
    Ok(())
}
