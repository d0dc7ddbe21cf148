//! Use cases of the settings of invoices.

use super::input::InvoiceSettingsSetInput;
use super::model::{InvoiceSettingsId, InvoiceSettingsRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::attachments::service::hold_at;
use crate::dealer::invoices::paper::logo::Seen;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::files::{FileId, Files};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const LOGO: [&str; 2] = ["input", "logoId"];

/// The settings that held when something was posted.
pub async fn find(
    tx: &mut TenantTx,
    id: InvoiceSettingsId,
) -> DbResult<Option<InvoiceSettingsRow>> {
    query::find(tx, id).await
}

/// Sets in whose name invoices are written from now on; `seen` says whether its logo can be shown.
pub(super) async fn set(
    tx: &mut TenantTx,
    (files, seen): (&Files, AppResult<Seen>),
    input: InvoiceSettingsSetInput,
) -> ServiceResult<InvoiceSettingsRow> {
    let expected = input.expected_version;
    let mut checks = Checks::default();
    let row = checked(&mut checks, input, InvoiceSettingsRow::unset(tx.now()));
    checks.finish()?;
    let before = query::current(tx).await?;
    let version = before.as_ref().map_or(0, |before| before.version);
    if version != expected {
        return Err(changed().into());
    }
    if let Some(file) = row.logo_id {
        hold_logo(tx, files, (row.id, file)).await?;
        // One that was shown until now stays, whatever its store says of it today.
        if before.is_none_or(|before| before.logo_id != Some(file)) {
            check_seen(seen?)?;
        }
    }
    if !query::insert(tx, row.clone()).await? {
        return Err(changed().into());
    }
    Ok(row)
}

fn changed() -> UserError {
    let message = "the settings have changed since they were read; read them again";
    UserError::at(ErrorCode::Conflict, &["input", "expectedVersion"], message)
}

/// The row of an input.
fn checked(
    checks: &mut Checks,
    input: InvoiceSettingsSetInput,
    row: InvoiceSettingsRow,
) -> InvoiceSettingsRow {
    let mut text = |field: &'static str, text: Option<String>, most: usize| {
        checks.optional_text(&["input", field], text.as_deref(), most)
    };
    let row = InvoiceSettingsRow {
        version: input.expected_version.saturating_add(1),
        is_mailed: input.is_mailed,
        name: text("name", input.name, 200),
        tax_id: text("taxId", input.tax_id, 50),
        address_line: text("addressLine", input.address_line, 200),
        city: text("city", input.city, 100),
        postcode: text("postcode", input.postcode, 20),
        country: text("country", input.country, 100),
        phone: text("phone", input.phone, 50),
        payment_details: text("paymentDetails", input.payment_details, 500),
        footer: text("footer", input.footer, 500),
        logo_id: input.logo_id,
        ..row
    };
    let email = input.email.filter(|email| !email.trim().is_empty());
    InvoiceSettingsRow {
        email: email.map(|email| checks.email(&["input", "email"], &email)),
        ..row
    }
}

/// Keeps a logo for as long as an invoice may bear it.
async fn hold_logo(
    tx: &mut TenantTx,
    files: &Files,
    (settings, file): (InvoiceSettingsId, FileId),
) -> ServiceResult<()> {
    let record = (InvoiceSettingsId::PREFIX, settings.uuid());
    if hold_at(tx, files, record, file).await?.is_none() {
        let message = "there is no such file";
        return Err(UserError::at(ErrorCode::NotFound, &LOGO, message).into());
    }
    Ok(())
}

/// Refuses what no paper can show.
fn check_seen(seen: Seen) -> ServiceResult<()> {
    match seen {
        Some(Ok(())) => Ok(()),
        Some(Err(why)) => {
            Err(UserError::at(ErrorCode::BadUserInput, &LOGO, why.to_string()).into())
        }
        None => {
            let message = "the content of the file is gone; upload it again";
            Err(UserError::at(ErrorCode::NotFound, &LOGO, message).into())
        }
    }
}
