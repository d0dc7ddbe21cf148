//! What the check says of a sale, as a plain calculation.

use rust_decimal::Decimal;

use super::exposure::Exposures;
use super::model::CreditOverrideId;
use crate::dealer::customers::jobs::model::{JobRow, JobStatus};
use crate::dealer::customers::model::{CreditCheck, CustomerRow};

/// A step of a sale at which credit can be looked at.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditPoint {
    /// An order is confirmed.
    Order,
    /// Goods leave.
    Delivery,
    /// An invoice is posted.
    Invoice,
}

impl CreditPoint {
    /// Where a customer's credit is looked at; nowhere is as at the order.
    pub const fn of(check: CreditCheck) -> Self {
        match check {
            CreditCheck::Order | CreditCheck::None => Self::Order,
            CreditCheck::Delivery => Self::Delivery,
            CreditCheck::Invoice => Self::Invoice,
        }
    }
}

/// Whose limit is at stake.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditLimitOf {
    /// The customer's.
    Customer,
    /// The job's own.
    Job,
}

/// What the check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on; by this override, if it takes one.
    Allowed(Option<CreditOverrideId>),
    /// It would come to more than may be owed.
    Over {
        /// What may be owed.
        limit: Decimal,
        /// What is owed without the sale.
        exposure: Decimal,
        /// By how much it would be too much.
        by: Decimal,
        /// Whose limit it is.
        whose: CreditLimitOf,
    },
    /// Nothing is sold at all.
    OnHold(String),
    /// Something is overdue for too long.
    Overdue {
        /// For how many days.
        days: i64,
    },
}

impl Verdict {
    /// Whether an override can turn it.
    pub const fn can_be_overridden(&self) -> bool {
        matches!(self, Self::Over { .. } | Self::Overdue { .. })
    }
}

/// All that a verdict hangs on.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who buys.
    pub customer: CustomerRow,
    /// For which job.
    pub job: Option<JobRow>,
    /// What they stand for.
    pub exposures: Exposures,
    /// Days overdue above which nothing more is sold.
    pub overdue_days: Option<i16>,
}

impl Case {
    /// What may be owed for the job: its own limit, or the customer's if that is less.
    pub fn effective_limit(&self) -> Decimal {
        let limit = self.customer.credit_limit;
        let job = self.job.as_ref();
        job.map_or(limit, |job| job.effective_limit(limit))
    }

    /// What the check says of a sale of `amount` more, overrides aside. A hold stops what is
    /// ordered and what leaves; what has left is billed all the same. Limits and overdue
    /// debts are looked at where the customer's setting says, and nowhere else.
    pub fn judge(&self, amount: Decimal, point: CreditPoint) -> Verdict {
        if point != CreditPoint::Invoice
            && let Some(reason) = self.hold()
        {
            return Verdict::OnHold(reason);
        }
        let check = self.customer.credit_check;
        if !is_looked_at(check, point) {
            return Verdict::Allowed(None);
        }
        let days = self.exposures.days_overdue();
        if self.overdue_days.is_some_and(|most| days > i64::from(most)) {
            return Verdict::Overdue { days };
        }
        let job = self.job.as_ref().filter(|job| job.credit_limit.is_some());
        let of_job = self.exposures.job.counted(check);
        let of_customer = self.exposures.customer.counted(check);
        job.and_then(|_| over(self.effective_limit(), of_job, amount, CreditLimitOf::Job))
            .or_else(|| {
                let limit = self.customer.credit_limit;
                over(limit, of_customer, amount, CreditLimitOf::Customer)
            })
            .unwrap_or(Verdict::Allowed(None))
    }

    fn hold(&self) -> Option<String> {
        let unsaid = || "the job is on hold".to_owned();
        let job = self.job.as_ref();
        let job = job.filter(|job| job.status == JobStatus::Hold);
        let of_job = || job.map(|job| job.hold_reason.clone().unwrap_or_else(unsaid));
        self.customer.hold_reason.clone().or_else(of_job)
    }
}

const fn is_looked_at(check: CreditCheck, point: CreditPoint) -> bool {
    matches!(
        (check, point),
        (CreditCheck::Order, CreditPoint::Order)
            | (CreditCheck::Delivery, CreditPoint::Delivery)
            | (CreditCheck::Invoice, CreditPoint::Invoice)
    )
}

fn over(
    limit: Decimal,
    exposure: Decimal,
    amount: Decimal,
    whose: CreditLimitOf,
) -> Option<Verdict> {
    let by = exposure + amount - limit;
    (by > Decimal::ZERO).then_some(Verdict::Over {
        limit,
        exposure,
        by,
        whose,
    })
}
