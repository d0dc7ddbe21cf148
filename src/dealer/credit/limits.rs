//! The use case of setting how much may be owed.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::check::Buyer;
use super::events::{CreditLimitFacts, CreditLimitWasSet};
use super::input::CreditLimitSetInput;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::jobs::actions::JobAction;
use crate::dealer::customers::jobs::model::{JobChanges, JobId};
use crate::dealer::customers::jobs::service as jobs;
use crate::dealer::customers::model::{CustomerChanges, CustomerId, CustomerRow};
use crate::dealer::customers::service as customers;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::{Checks, Fault};
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// What was checked of an input.
struct Limit {
    amount: Option<Decimal>,
    reason: String,
}

impl Limit {
    fn checked(input: &CreditLimitSetInput, digits: u32) -> Result<Self, Vec<Fault>> {
        let mut checks = Checks::default();
        let given = input.limit.map(|limit| limit.0);
        let limit = Self {
            amount: given.map(|limit| checks.money(&["input", "limit"], limit, digits)),
            reason: checks.text(&["input", "reason"], &input.reason, 1, 500),
        };
        checks.finish()?;
        Ok(limit)
    }
}

/// Sets a customer's limit, or a job's own; gives whose.
pub async fn set(tx: &mut TenantTx, input: CreditLimitSetInput) -> ServiceResult<Buyer> {
    let digits = digits_of(&tx.context().dealer().currency);
    match (input.customer_id, input.job_id) {
        (Some(id), None) => of_customer(tx, id, &input).await,
        (None, Some(id)) => of_job(tx, id, Limit::checked(&input, digits)?, &input).await,
        _ => {
            Limit::checked(&input, digits)?;
            let message = "name exactly one of customerId and jobId";
            let path = ["input", "customerId"];
            Err(UserError::at(ErrorCode::BadUserInput, &path, message).into())
        }
    }
}

async fn of_customer(
    tx: &mut TenantTx,
    id: CustomerId,
    input: &CreditLimitSetInput,
) -> ServiceResult<Buyer> {
    let digits = digits_of(&tx.context().dealer().currency);
    let changes = changes_of_customer(input, tx.now(), digits)?;
    customers::lock_one(tx, (id, "customerId"), CustomerAction::CreditLimitSet).await?;
    let row = customers::change(tx, id, input.expected_version, changes).await?;
    tell_of_customer(tx, &row);
    Ok(Buyer {
        customer: id,
        job: None,
    })
}

/// What an input changes of a customer, checked; `digits` are those of the dealer's currency.
pub fn changes_of_customer(
    input: &CreditLimitSetInput,
    now: DateTime<Utc>,
    digits: u32,
) -> ServiceResult<CustomerChanges> {
    let limit = Limit::checked(input, digits)?;
    let amount = limit.amount.ok_or_else(|| {
        let message = "a customer always has a limit; 0 gives no credit";
        UserError::at(ErrorCode::BadUserInput, &["input", "limit"], message)
    })?;
    Ok(CustomerChanges {
        credit_limit: Some(amount),
        credit_limit_reason: Some(Some(limit.reason)),
        credit_check: input.credit_check,
        ..CustomerChanges::none(now)
    })
}

/// Tells that a customer has the limit he has now.
pub fn tell_of_customer(tx: &mut TenantTx, row: &CustomerRow) {
    tell(tx, (row.id, None), Some(row.credit_limit));
}

async fn of_job(
    tx: &mut TenantTx,
    id: JobId,
    limit: Limit,
    input: &CreditLimitSetInput,
) -> ServiceResult<Buyer> {
    if input.credit_check.is_some() {
        let (path, message) = (["input", "creditCheck"], "is set for customers only");
        return Err(UserError::at(ErrorCode::BadUserInput, &path, message).into());
    }
    let (customer, _) = jobs::lock(tx, (id, "jobId"), JobAction::CreditLimitSet).await?;
    let changes = JobChanges {
        credit_limit: Some(limit.amount),
        credit_limit_reason: Some(Some(limit.reason)),
        ..JobChanges::none(tx.now())
    };
    jobs::change(tx, id, input.expected_version, changes).await?;
    tell(tx, (customer.id, Some(id)), limit.amount);
    Ok(Buyer {
        customer: customer.id,
        job: Some(id),
    })
}

fn tell(tx: &mut TenantTx, (credit, job): (CustomerId, Option<JobId>), limit: Option<Decimal>) {
    let limit = limit.map(|limit| limit.normalize().to_string());
    tx.emit(&CreditLimitWasSet(CreditLimitFacts { credit, job, limit }));
}
