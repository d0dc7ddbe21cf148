//! Rows of mails with invoices.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::tenant_tables::invoice_mails;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::invoices::model::InvoiceId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A mail with an invoice.
    InvoiceMailId, "ivm"
);

/// That an invoice was mailed, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = invoice_mails, check_for_backend(diesel::pg::Pg))]
pub struct InvoiceMailRow {
    /// Its id.
    pub id: InvoiceMailId,
    /// Which invoice.
    pub invoice_id: InvoiceId,
    /// Whose.
    pub customer_id: CustomerId,
    /// To whom.
    pub sent_to: String,
    /// Who ordered it.
    pub sent_by: Option<Uuid>,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
}
