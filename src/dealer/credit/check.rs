//! The check before goods are promised, sent or billed.

use rust_decimal::Decimal;

use super::exposure::exposure;
use super::query;
use super::verdict::{Case, CreditPoint, Verdict};
use crate::dealer::customers::jobs::model::{JobId, JobRow};
use crate::dealer::customers::jobs::service as jobs;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::customers::service as customers;
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Whose sale it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// Who buys.
    pub customer: CustomerId,
    /// For which of its jobs.
    pub job: Option<JobId>,
}

/// Whether a sale may go on that makes `amount` more. Locks the customer until the
/// transaction ends: whoever commits to the sale does so in it, and the next one sees that.
/// An override that is needed is used up.
pub async fn check(
    tx: &mut TenantTx,
    buyer: Buyer,
    amount: Decimal,
    point: CreditPoint,
) -> ServiceResult<Verdict> {
    let customer = customers::lock(tx, &[buyer.customer]).await?.pop();
    let case = case(tx, buyer, customer).await?;
    let verdict = case.judge(amount, point);
    if !verdict.can_be_overridden() {
        return Ok(verdict);
    }
    let found = query::usable_override(tx, buyer.customer, buyer.job, amount).await?;
    let Some(found) = found else {
        return Ok(verdict);
    };
    query::use_override(tx, found.id, amount).await?;
    Ok(Verdict::Allowed(Some(found.id)))
}

/// What the check would say now, where the customer's credit is looked at if no step is
/// named; nothing is locked and nothing used up.
pub async fn foresee(
    tx: &mut TenantTx,
    buyer: Buyer,
    amount: Decimal,
    point: Option<CreditPoint>,
) -> ServiceResult<(Case, Verdict)> {
    let customer = customers::find(tx, buyer.customer).await?;
    let case = case(tx, buyer, customer).await?;
    let point = point.unwrap_or_else(|| CreditPoint::of(case.customer.credit_check));
    let verdict = case.judge(amount, point);
    if !verdict.can_be_overridden() {
        return Ok((case, verdict));
    }
    let found = query::usable_override(tx, buyer.customer, buyer.job, amount).await?;
    let allowed = found.map(|found| Verdict::Allowed(Some(found.id)));
    Ok((case, allowed.unwrap_or(verdict)))
}

/// All that a verdict hangs on.
async fn case(
    tx: &mut TenantTx,
    buyer: Buyer,
    customer: Option<CustomerRow>,
) -> ServiceResult<Case> {
    let customer = customer.ok_or_else(|| customers::missing("customerId"))?;
    let job = job(tx, buyer).await?;
    let exposures = exposure(tx, buyer.customer, buyer.job).await?;
    let settings = query::find_settings(tx).await?;
    Ok(Case {
        customer,
        job,
        exposures,
        overdue_days: settings.and_then(|settings| settings.overdue_days),
    })
}

/// The job, if one is named; refused if it is not the customer's.
pub(super) async fn job(tx: &mut TenantTx, buyer: Buyer) -> ServiceResult<Option<JobRow>> {
    let Some(id) = buyer.job else {
        return Ok(None);
    };
    let row = jobs::find(tx, &[id]).await?.pop();
    let row = row.filter(|row| row.customer_id == buyer.customer);
    Ok(Some(row.ok_or_else(|| jobs::missing("jobId"))?))
}
