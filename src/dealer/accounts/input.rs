//! Inputs of accounts: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{AllocationId, EntryId, EntryKind};
use super::query::{self, EntryCondition};
use crate::db::tenant_tables::account_entries;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::filter::{StringFilter, Where, nested_where, where_id, where_text};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// Something open to bring over from the books that were kept before.
#[derive(InputObject, Debug)]
pub struct AccountOpeningInput {
    /// Whose account.
    pub customer_id: CustomerId,
    /// For which job.
    pub job_id: Option<JobId>,
    /// Number of the document, at most 60 characters.
    pub reference: Option<String>,
    /// Above zero it is owed by the customer, below it is owed to him; not zero, and with no more
    /// decimals than the currency has.
    pub amount: Decimal,
    /// Date of the document.
    pub document_on: NaiveDate,
    /// Until when it is to be paid; by the customer's terms if absent.
    pub due_on: Option<NaiveDate>,
}

/// What was open when the books were brought over.
#[derive(InputObject, Debug)]
pub struct AccountOpeningAddInput {
    /// What is open, 1 to 500 entries: all of them or none.
    pub entries: Vec<AccountOpeningInput>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A correction by hand.
#[derive(InputObject, Debug)]
pub struct AccountAdjustInput {
    /// Whose account.
    pub customer_id: CustomerId,
    /// For which job.
    pub job_id: Option<JobId>,
    /// Number of a document, at most 60 characters.
    pub reference: Option<String>,
    /// Above zero it is owed by the customer, below it is owed to him; not zero, and with no more
    /// decimals than the currency has.
    pub amount: Decimal,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// Date of it; today if absent.
    pub document_on: Option<NaiveDate>,
    /// Until when it is to be paid; by the customer's terms if absent.
    pub due_on: Option<NaiveDate>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An entry to take back.
#[derive(InputObject, Debug)]
pub struct AccountEntryReverseInput {
    /// Which entry.
    pub entry_id: EntryId,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A debt to settle, or a part of it.
#[derive(InputObject, Debug)]
pub struct AccountDebtInput {
    /// Which entry; one above zero.
    pub entry_id: EntryId,
    /// How much of it; above zero.
    pub amount: Decimal,
}

/// Which debts a credit settles.
#[derive(InputObject, Debug)]
pub struct AccountAllocateInput {
    /// The credit: an entry below zero.
    pub credit_entry_id: EntryId,
    /// Debts of the same customer, 1 to 200. If absent, those that are due longest, of the
    /// credit's job if it has one, until the credit is used up; at most 200 of them.
    pub debts: Option<Vec<AccountDebtInput>>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An allocation to undo.
#[derive(InputObject, Debug)]
pub struct AccountDeallocateInput {
    /// Which one.
    pub allocation_id: AllocationId,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which entries to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AccountEntryWhere {
    /// On whose account.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// On what it was posted for.
    pub kind: Option<EntryKind>,
    /// On the number of the document.
    pub reference: Option<StringFilter>,
    /// Only those of which something is open (true), or nothing is (false).
    pub open: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<AccountEntryWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<AccountEntryWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<AccountEntryWhere>>,
}

impl Where for AccountEntryWhere {
    type Table = account_entries::table;

    fn own(&self) -> AppResult<Vec<EntryCondition>> {
        let mut conditions: Vec<EntryCondition> = Vec::new();
        where_id!(conditions, account_entries::customer_id, &self.customer_id);
        where_id!(conditions, account_entries::job_id, &self.job_id);
        where_text!(conditions, account_entries::reference, &self.reference);
        if let Some(kind) = self.kind {
            conditions.push(Box::new(account_entries::kind.eq(kind).nullable()));
        }
        conditions.extend(self.open.map(query::is_open));
        Ok(conditions)
    }

    nested_where!();
}
