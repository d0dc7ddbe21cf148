//! Use cases of reminders: their settings, and beginning anew.

use super::input::PaymentReminderSettingsSetInput;
use super::model::ReminderSettingsRow;
use super::query;
use crate::db::error::DbResult;
use crate::dealer::customers::model::CustomerId;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// The dealer's settings, as they are if he has set none.
pub async fn settings(tx: &mut TenantTx) -> DbResult<ReminderSettingsRow> {
    let now = tx.now();
    let found = query::find_settings(tx).await?;
    Ok(found.unwrap_or(ReminderSettingsRow::unset(now)))
}

/// Sets when customers are reminded.
pub async fn set_settings(
    tx: &mut TenantTx,
    input: PaymentReminderSettingsSetInput,
) -> ServiceResult<ReminderSettingsRow> {
    let mut checks = Checks::default();
    check_days(&mut checks, &input);
    checks.finish()?;
    let row = ReminderSettingsRow {
        one: 1,
        is_on: input.is_on,
        first_after_days: input.first_after_days,
        second_after_days: input.second_after_days,
        third_after_days: input.third_after_days,
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

/// Each letter comes behind the one before it, and none is left out.
fn check_days(checks: &mut Checks, input: &PaymentReminderSettingsSetInput) {
    let mut before = Some(0);
    for (field, days) in [
        ("firstAfterDays", Some(input.first_after_days)),
        ("secondAfterDays", input.second_after_days),
        ("thirdAfterDays", input.third_after_days),
    ] {
        let path = ["input", field];
        if let Some(days) = days {
            let follows = before.is_some_and(|before| before < days);
            if !(1..=365).contains(&days) {
                checks.fault(&path, "must be between 1 and 365");
            } else if !follows {
                let message = "must be more than that of the letter before it, which there must be";
                checks.fault(&path, message);
            }
        }
        before = days;
    }
}

/// Reminds a customer from the beginning, since a payment was taken back that had answered what
/// he was reminded of.
pub async fn restart(tx: &mut TenantTx, customer: CustomerId) -> DbResult<()> {
    let now = tx.now();
    query::supersede(tx, customer, now).await
}
