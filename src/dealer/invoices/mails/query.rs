//! SQL of mails with invoices.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{InvoiceMailId, InvoiceMailRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::invoice_mails;
use crate::dealer::invoices::model::InvoiceId;
use crate::tenancy::TenantTx;

/// The mail with this id.
pub(super) async fn find(tx: &mut TenantTx, id: InvoiceMailId) -> DbResult<Option<InvoiceMailRow>> {
    let query = invoice_mails::table
        .find(id)
        .select(InvoiceMailRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// The mails with these invoices, the latest first.
pub async fn find_by_invoices(
    tx: &mut TenantTx,
    ids: &[InvoiceId],
) -> DbResult<Vec<InvoiceMailRow>> {
    let query = invoice_mails::table
        .filter(invoice_mails::invoice_id.eq_any(ids.to_vec()))
        .order((invoice_mails::invoice_id, invoice_mails::id.desc()))
        .select(InvoiceMailRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds one.
pub(super) async fn insert(tx: &mut TenantTx, row: InvoiceMailRow) -> DbResult<()> {
    let query = diesel::insert_into(invoice_mails::table).values(row);
    query.execute(tx).await?;
    Ok(())
}
