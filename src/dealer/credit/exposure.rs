//! How much a customer stands for, every amount in exactly one bucket.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::query;
use crate::db::error::DbResult;
use crate::dealer::accounts::open::{self, Open};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CreditCheck, CustomerId};
use crate::tenancy::TenantTx;

/// What somebody stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Ordered, and not delivered.
    pub ordered: Decimal,
    /// Delivered, and not invoiced.
    pub delivered: Decimal,
    /// Posted, and not settled.
    pub debts: Decimal,
    /// Credits that settle nothing yet; zero or below.
    pub credits: Decimal,
}

impl Exposure {
    /// What counts towards a limit: what is only ordered, if orders are checked.
    pub fn counted(&self, check: CreditCheck) -> Decimal {
        let ordered = match check {
            CreditCheck::Order => self.ordered,
            CreditCheck::Delivery | CreditCheck::Invoice | CreditCheck::None => Decimal::ZERO,
        };
        ordered + self.delivered + self.debts + self.credits
    }

    fn of(open: Open, ordered: Option<Decimal>, delivered: Option<Decimal>) -> Self {
        Self {
            ordered: ordered.unwrap_or_default(),
            delivered: delivered.unwrap_or_default(),
            debts: open.debts,
            credits: open.credits,
        }
    }
}

/// What a customer and one of its jobs stand for.
#[derive(Clone, Copy, Debug)]
pub struct Exposures {
    /// The customer as a whole.
    pub customer: Exposure,
    /// The job that was asked for.
    pub job: Exposure,
    /// When the oldest open debt was or is due.
    pub oldest_due: Option<NaiveDate>,
    /// The day it is where the dealer is.
    pub today: NaiveDate,
}

impl Exposures {
    /// For how many days the oldest debt is overdue; zero if none is.
    pub fn days_overdue(&self) -> i64 {
        let days = |due: NaiveDate| self.today.signed_duration_since(due).num_days();
        self.oldest_due.map_or(0, days).max(0)
    }
}

/// What a customer and one of its jobs stand for, in two statements.
pub async fn exposure(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<Exposures> {
    let open = open::of(tx, customer, job).await?;
    let named = job.unwrap_or(JobId::from_uuid(Uuid::nil()));
    let sums = query::committed(tx, customer, named).await?;
    Ok(Exposures {
        customer: Exposure::of(open.customer, sums.0, sums.1),
        job: Exposure::of(open.job, sums.2, sums.3),
        oldest_due: open.oldest_due,
        today: open.today,
    })
}
