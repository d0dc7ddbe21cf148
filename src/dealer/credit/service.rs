//! Use cases of the settings of credit.

use super::input::CreditSettingsSetInput;
use super::model::SettingsRow;
use super::query;
use crate::db::error::DbResult;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// The dealer's settings, as they are if he has set none.
pub async fn settings(tx: &mut TenantTx) -> DbResult<SettingsRow> {
    let now = tx.now();
    let found = query::find_settings(tx).await?;
    Ok(found.unwrap_or(SettingsRow::unset(now)))
}

/// Sets what holds for the credit of all customers.
pub async fn set_settings(
    tx: &mut TenantTx,
    input: CreditSettingsSetInput,
) -> ServiceResult<SettingsRow> {
    let mut checks = Checks::default();
    let days = input.overdue_days;
    let overdue_days = days.map(|days| checks.days(&["input", "overdueDays"], days));
    checks.finish()?;
    let row = SettingsRow {
        one: 1,
        overdue_days,
        version: input.expected_version.saturating_add(1),
        updated_at: tx.now(),
    };
    if !query::put_settings(tx, row.clone()).await? {
        let (path, message) = (
            ["input", "expectedVersion"],
            "the settings have changed since they were read; read them again",
        );
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    Ok(row)
}
