//! SQL of the settings of invoices.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{InvoiceSettingsId, InvoiceSettingsRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::invoice_settings;
use crate::tenancy::TenantTx;

/// The settings that hold, if any were set.
pub async fn current(tx: &mut TenantTx) -> DbResult<Option<InvoiceSettingsRow>> {
    let query = invoice_settings::table
        .order(invoice_settings::version.desc())
        .select(InvoiceSettingsRow::as_select());
    Ok(query.first(tx).await.optional()?)
}

/// The settings with this id.
pub async fn find(
    tx: &mut TenantTx,
    id: InvoiceSettingsId,
) -> DbResult<Option<InvoiceSettingsRow>> {
    let query = invoice_settings::table
        .find(id)
        .select(InvoiceSettingsRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a version; whether nobody else has added it.
pub(super) async fn insert(tx: &mut TenantTx, row: InvoiceSettingsRow) -> DbResult<bool> {
    let query = diesel::insert_into(invoice_settings::table)
        .values(row)
        .on_conflict(invoice_settings::version)
        .do_nothing();
    Ok(query.execute(tx).await? > 0)
}
