//! What follows from a posting: the one place that every invoice and credit note goes through.

use super::events::{CreditNotePosted, InvoicePosted};
use super::mails::send::on_posting;
use super::model::{InvoiceKind, InvoiceLineRow, InvoiceRow};
use super::settings::query as settings;
use crate::db::error::DbResult;
use crate::dealer::reports::keep;
use crate::tenancy::TenantTx;

/// Counts an invoice or credit note that is posted, with its lines, among the sales, tells of it,
/// and mails it if the dealer wants that. The series of numbers is held by now, so postings come
/// here one by one.
pub(super) async fn posted(
    tx: &mut TenantTx,
    invoice: &InvoiceRow,
    lines: &[InvoiceLineRow],
) -> DbResult<()> {
    keep::posted(tx, invoice, lines).await?;
    match invoice.kind {
        InvoiceKind::Invoice => tx.emit(&InvoicePosted(invoice.into())),
        InvoiceKind::CreditNote => tx.emit(&CreditNotePosted(invoice.into())),
    }
    let settings = match invoice.settings_id {
        Some(id) => settings::find(tx, id).await?,
        None => None,
    };
    if settings.is_some_and(|settings| settings.is_mailed) {
        on_posting(tx, invoice).await?;
    }
    Ok(())
}
