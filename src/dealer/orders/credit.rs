//! What the customer's credit says of a sale, as a refusal.

use rust_decimal::Decimal;

use crate::dealer::credit::check::{self, Buyer};
use crate::dealer::credit::verdict::{CreditLimitOf, CreditPoint, Verdict};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Refuses a sale that makes `amount` more, if the customer's credit does not let it go on at
/// this step; `path` is that of the field that names the sale. Locks the customer; uses up an
/// override where it takes one.
pub async fn check(
    tx: &mut TenantTx,
    (buyer, amount): (Buyer, Decimal),
    point: CreditPoint,
    path: &[&str],
) -> ServiceResult<()> {
    let verdict = check::check(tx, buyer, amount, point).await?;
    refusal(&verdict, path).map_or(Ok(()), |error| Err(error.into()))
}

/// Why a verdict stops a sale; none if it does not.
fn refusal(verdict: &Verdict, path: &[&str]) -> Option<UserError> {
    let refused = |message: String| UserError::at(ErrorCode::CreditRefused, path, message);
    match verdict {
        Verdict::Allowed(_) => None,
        Verdict::OnHold(reason) => {
            let message = format!("nothing is sold to the customer or for the job: {reason}");
            Some(UserError::at(ErrorCode::NotAllowed, path, message))
        }
        Verdict::Overdue { days } => {
            let message = format!("debts are overdue for {days} days; settle or override them");
            Some(refused(message).with_detail("daysOverdue", days))
        }
        Verdict::Over {
            limit,
            exposure,
            by,
            whose,
        } => {
            let whose = match whose {
                CreditLimitOf::Customer => "CUSTOMER",
                CreditLimitOf::Job => "JOB",
            };
            let by = by.normalize();
            let message = format!("this is {by} more than may be owed; it takes an override");
            let error = refused(message)
                .with_detail("limit", &limit.normalize())
                .with_detail("exposure", &exposure.normalize());
            Some(error.with_detail("by", &by).with_detail("limitOf", &whose))
        }
    }
}
