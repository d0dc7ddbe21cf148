//! What is open in an account, for those who decide by it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{EntryId, ItemRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::tenancy::TenantTx;

/// What is open, credits as what they are: below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Sum of the debts that are not settled.
    pub debts: Decimal,
    /// Sum of the credits that settle nothing yet.
    pub credits: Decimal,
}

/// What is open of a customer.
#[derive(Clone, Copy, Debug)]
pub struct OpenAccount {
    /// Of the customer as a whole.
    pub customer: Open,
    /// Of the job that was asked for.
    pub job: Open,
    /// When the oldest open debt was or is due.
    pub oldest_due: Option<NaiveDate>,
    /// The day it is where the dealer is.
    pub today: NaiveDate,
}

/// What is open of a customer and of one of its jobs, in one statement.
pub async fn of(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<OpenAccount> {
    let job = job.unwrap_or(JobId::from_uuid(Uuid::nil()));
    let row = query::open_of(tx, customer, job).await?;
    let open = |debts: Option<Decimal>, credits: Option<Decimal>| Open {
        debts: debts.unwrap_or_default(),
        credits: credits.unwrap_or_default(),
    };
    Ok(OpenAccount {
        customer: open(row.0, row.1),
        job: open(row.2, row.3),
        oldest_due: row.4,
        today: row.5,
    })
}

/// How much of these entries is settled.
pub async fn items(tx: &mut TenantTx, entries: &[EntryId]) -> DbResult<Vec<ItemRow>> {
    query::find_items(tx, entries).await
}

/// Whether something of a customer, or of one of its jobs, is open.
pub async fn is_any(tx: &mut TenantTx, customer: CustomerId, job: Option<JobId>) -> DbResult<bool> {
    query::is_any_open(tx, customer, job).await
}
