//! Debts by age.

use chrono::NaiveDate;
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;

/// A customer with something open on a day.
#[derive(Clone, Debug)]
pub struct DebtorRow {
    /// The customer.
    pub id: CustomerId,
    /// Its account code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The day.
    pub at: NaiveDate,
}

/// Debts by how long they are overdue, and credits that settle nothing yet.
#[derive(Queryable, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    /// Not overdue.
    pub current: Decimal,
    /// By 1 to 30 days.
    pub to_30: Decimal,
    /// By 31 to 60 days.
    pub to_60: Decimal,
    /// By 61 to 90 days.
    pub to_90: Decimal,
    /// By more.
    pub over_90: Decimal,
    /// Below zero.
    pub credits: Decimal,
}

/// Sums as the database gives them: none where there is no row.
pub type Sums = (
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
);

impl From<Sums> for Buckets {
    fn from(sums: Sums) -> Self {
        Self {
            current: sums.0.unwrap_or_default(),
            to_30: sums.1.unwrap_or_default(),
            to_60: sums.2.unwrap_or_default(),
            to_90: sums.3.unwrap_or_default(),
            over_90: sums.4.unwrap_or_default(),
            credits: sums.5.unwrap_or_default(),
        }
    }
}

impl Buckets {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            current: self.current + other.current,
            to_30: self.to_30 + other.to_30,
            to_60: self.to_60 + other.to_60,
            to_90: self.to_90 + other.to_90,
            over_90: self.over_90 + other.over_90,
            credits: self.credits + other.credits,
        }
    }

    /// What is owed in all.
    pub fn total(&self) -> Decimal {
        let overdue = self.to_30 + self.to_60 + self.to_90 + self.over_90;
        self.current + overdue + self.credits
    }
}

/// What is open of a customer for a job, or for none.
#[derive(Clone, Copy, Debug)]
pub struct JobBuckets {
    /// The job.
    pub job: Option<JobId>,
    /// By age.
    pub buckets: Buckets,
}
