//! Batched lookups of mails with invoices.

use std::collections::HashMap;

use super::model::InvoiceMailRow;
use super::query;
use crate::dealer::invoices::model::InvoiceId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// The mails with an invoice, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MailsByInvoice(pub InvoiceId);

impl LoaderKey for MailsByInvoice {
    type Value = Vec<InvoiceMailRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<InvoiceMailRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_invoices(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.invoice_id)))
    }
}
