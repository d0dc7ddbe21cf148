//! The surface of mails with invoices.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};

use super::model::InvoiceMailRow;
use crate::graphql::permit::{Permission as P, has_permission};

/// That an invoice was mailed.
pub struct InvoiceMail(pub InvoiceMailRow);

/// That an invoice was mailed to somebody.
#[Object(directive = has_permission::apply(P::InvoicesRead))]
impl InvoiceMail {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The address that it was sent to.
    async fn sent_to(&self) -> &str {
        &self.0.sent_to
    }

    /// When it was ordered; it is sent some seconds later.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
