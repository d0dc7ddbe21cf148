//! What happens to invoices.

use super::mails::model::{InvoiceMailId, InvoiceMailRow};
use super::model::{InvoiceId, InvoiceRow};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What the dealer's own people learn of a draft.
    pub struct InvoiceDraftFacts {
        /// The invoice.
        invoice: InvoiceId,
        /// Who is billed.
        customer: CustomerId,
        /// For which job.
        job: Option<JobId>,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A draft of an invoice was written.
    InvoiceDrafted = "invoice.drafted", version 1;
    /// A draft of an invoice was changed.
    InvoiceUpdated = "invoice.updated", version 1;
    /// A draft of an invoice was thrown away.
    InvoiceDiscarded = "invoice.discarded", version 1;
}

events! {
    /// What readers learn of an invoice that is posted.
    pub struct InvoiceFacts {
        /// The invoice or credit note.
        invoice: InvoiceId,
        /// Its number among its kind.
        number: String,
        /// Who is billed.
        customer: CustomerId,
        /// For which job.
        job: Option<JobId>,
        /// The invoice that a credit note corrects.
        credits: Option<InvoiceId>,
        /// Exact amount with tax; above zero for credit notes, too.
        gross: String,
        /// ISO 4217 code of its currency.
        currency: String,
        /// Its date.
        issued_on: String,
        /// Until when it is to be paid.
        due_on: String,
    }
    for Staff of customer:
    /// An invoice was posted to its customer's account.
    InvoicePosted = "invoice.posted", version 1;
    /// A credit note was posted to its customer's account.
    CreditNotePosted = "invoice.credit_note_posted", version 1;
}

events! {
    /// What the dealer's own people learn of a mail with an invoice.
    pub struct InvoiceMailFacts {
        /// The invoice or credit note.
        invoice: InvoiceId,
        /// The mail.
        mail: InvoiceMailId,
        /// Its number among its kind.
        number: String,
        /// Whose it is.
        customer: CustomerId,
        /// The address that it is sent to.
        sent_to: String,
    }
    for Staff:
    /// A mail with an invoice or credit note was ordered.
    InvoiceMailed = "invoice.mailed", version 1;
}

impl From<(&InvoiceRow, &InvoiceMailRow)> for InvoiceMailFacts {
    fn from((row, mail): (&InvoiceRow, &InvoiceMailRow)) -> Self {
        Self {
            invoice: row.id,
            mail: mail.id,
            number: row.number.unwrap_or_default().to_string(),
            customer: row.customer_id,
            sent_to: mail.sent_to.clone(),
        }
    }
}

impl From<&InvoiceRow> for InvoiceDraftFacts {
    fn from(row: &InvoiceRow) -> Self {
        Self {
            invoice: row.id,
            customer: row.customer_id,
            job: row.job_id,
            record_version: row.version,
        }
    }
}

impl From<&InvoiceRow> for InvoiceFacts {
    fn from(row: &InvoiceRow) -> Self {
        let day =
            |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        Self {
            invoice: row.id,
            number: row.number.unwrap_or_default().to_string(),
            customer: row.customer_id,
            job: row.job_id,
            credits: row.credits_id,
            gross: row.gross().normalize().to_string(),
            currency: row.currency.clone(),
            issued_on: day(row.issued_on),
            due_on: day(row.due_on),
        }
    }
}
