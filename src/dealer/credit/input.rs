//! Inputs of credit.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};

use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CreditCheck, CustomerId};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// How much may be owed, by a customer or for a job: exactly one of both is named.
#[derive(InputObject, Debug)]
pub struct CreditLimitSetInput {
    /// Whose limit.
    pub customer_id: Option<CustomerId>,
    /// For which job.
    pub job_id: Option<JobId>,
    /// The version of the customer or job that was read; another one is refused with
    /// CONFLICT.
    pub expected_version: i32,
    /// How much, in the dealer's currency and with no more decimals than that has, at least
    /// zero. Null takes a job's own limit away;
    /// a customer always has one. A job's limit above the customer's has no effect.
    pub limit: Option<Decimal>,
    /// Where the limit is looked at from now on; for customers only.
    pub credit_check: Option<CreditCheck>,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What holds for the credit of all customers.
#[derive(InputObject, Debug)]
pub struct CreditSettingsSetInput {
    /// The version that was read, 0 if they were never set; another one is refused with
    /// CONFLICT.
    pub expected_version: i32,
    /// Nothing more is sold to who owes something that is overdue for more days than this,
    /// 0 to 365; null if that stops nobody.
    pub overdue_days: Option<i32>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A sale to let through beyond a limit, or in spite of overdue debts.
#[derive(InputObject, Debug)]
pub struct CreditOverrideGrantInput {
    /// For whom.
    pub customer_id: CustomerId,
    /// For which job alone; for any if absent.
    pub job_id: Option<JobId>,
    /// The most that the sale may come to; above zero.
    pub amount: Decimal,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// Until when it can be used: in the future, at most 90 days ahead.
    pub until: DateTime<Utc>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}
