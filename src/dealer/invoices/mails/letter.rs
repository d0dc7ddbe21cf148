//! What stands in a mail with an invoice.

use rust_decimal::Decimal;
use serde::Serialize;

use super::model::InvoiceMailId;
use super::query;
use crate::dealer::calendar::in_words;
use crate::dealer::invoices::model::InvoiceKind;
use crate::dealer::invoices::paper::{Paper, facts};
use crate::error::AppResult;
use crate::kernel::money::written;
use crate::tenancy::TenantTx;

/// The values of a letter.
#[derive(Serialize, Clone, Debug)]
pub struct InvoiceLetter {
    /// What it is, as a title.
    title: String,
    is_credit: bool,
    /// The customer's name, as it is on the paper.
    name: String,
    email: String,
    issued_on: String,
    due_on: String,
    gross: String,
    /// What is to be paid, if that is something.
    due: Option<String>,
    reference: Option<String>,
}

/// The letter of a mail, and the paper that goes with it; none if the order has vanished.
pub async fn letter(
    tx: &mut TenantTx,
    id: InvoiceMailId,
) -> AppResult<Option<(InvoiceLetter, Paper)>> {
    let Some(mail) = query::find(tx, id).await? else {
        return Ok(None);
    };
    let Some(paper) = facts::read(tx, mail.invoice_id).await? else {
        return Ok(None);
    };
    let row = &paper.invoice;
    let is_credit = row.kind == InvoiceKind::CreditNote;
    let due = paper.due();
    let letter = InvoiceLetter {
        title: paper.title(),
        is_credit,
        name: row.name.clone(),
        email: mail.sent_to,
        issued_on: row.issued_on.map(in_words).unwrap_or_default(),
        due_on: row.due_on.map(in_words).unwrap_or_default(),
        gross: written(row.gross(), &row.currency),
        due: (!is_credit && due > Decimal::ZERO).then(|| written(due, &row.currency)),
        reference: row.reference.clone(),
    };
    Ok(Some((letter, paper)))
}
