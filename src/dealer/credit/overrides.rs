//! The use case of letting a sale through.

use chrono::TimeDelta;

use super::check::{Buyer, job};
use super::events::CreditOverrideGranted;
use super::input::CreditOverrideGrantInput;
use super::model::{CreditOverrideId, OverrideRow};
use super::query;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::service as customers;
use crate::error::ServiceResult;
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// How far ahead an override may end.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// Lets one sale through beyond what the check would allow.
pub async fn grant(
    tx: &mut TenantTx,
    input: CreditOverrideGrantInput,
) -> ServiceResult<OverrideRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    let digits = digits_of(&tx.context().dealer().currency);
    let amount = checks.money(&["input", "amount"], input.amount.0, digits);
    checks.require(!amount.is_zero(), &["input", "amount"], "must not be zero");
    let ahead = input.until.signed_duration_since(now);
    checks.require(
        ahead > TimeDelta::zero() && ahead <= LONGEST,
        &["input", "until"],
        "must lie in the future, at most 90 days ahead",
    );
    checks.finish()?;
    let named = (input.customer_id, "customerId");
    // Whoever may not be given credit may not be let through, either.
    customers::lock_one(tx, named, CustomerAction::CreditLimitSet).await?;
    let buyer = Buyer {
        customer: input.customer_id,
        job: input.job_id,
    };
    job(tx, buyer).await?;
    let row = OverrideRow {
        id: CreditOverrideId::generate(),
        customer_id: buyer.customer,
        job_id: buyer.job,
        amount,
        reason,
        granted_by: tx.context().principal().map(|user| user.user().uuid()),
        granted_at: now,
        expires_at: input.until,
        used_at: None,
        used_amount: None,
    };
    query::insert_override(tx, &row).await?;
    tx.emit(&CreditOverrideGranted((&row).into()));
    Ok(row)
}
