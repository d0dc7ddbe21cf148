//! Inputs of mails with invoices.

use async_graphql::InputObject;

use crate::dealer::customers::contacts::model::ContactId;
use crate::dealer::invoices::model::InvoiceId;
use crate::graphql::idempotency::IdempotencyKey;

/// An invoice to mail.
#[derive(InputObject, Debug)]
pub struct InvoiceSendInput {
    /// The invoice or credit note, which is posted.
    pub id: InvoiceId,
    /// To which contact of the customer; to the customer's own address if absent.
    pub contact_id: Option<ContactId>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}
