//! What happens in accounts.

use super::model::{AllocationId, AllocationRow, EntryId, EntryRow};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What readers learn of an entry.
    pub struct EntryFacts {
        /// The customer whose account it is.
        account: CustomerId,
        /// The entry.
        entry: EntryId,
        /// The job that it is for.
        job: Option<JobId>,
        /// What it was posted for.
        kind: String,
        /// Number of the document.
        reference: Option<String>,
        /// Exact amount; above zero it is owed by the customer.
        amount: String,
        /// Date of the document.
        document_on: String,
        /// Until when it is to be paid.
        due_on: String,
        /// The entry that it takes back.
        reverses: Option<EntryId>,
    }
    for Staff of account:
    /// An entry was posted to a customer's account.
    AccountEntryPosted = "account.entry_posted", version 1;
}

events! {
    /// What readers learn of an allocation.
    pub struct AllocationFacts {
        /// The customer whose account it is.
        account: CustomerId,
        /// The allocation.
        allocation: AllocationId,
        /// The entry that settles.
        credit: EntryId,
        /// The entry that is settled.
        debit: EntryId,
        /// Exact amount; below zero it undoes an earlier one.
        amount: String,
    }
    for Staff of account:
    /// A credit was allocated to a debt, or that was undone.
    AccountAllocated = "account.allocated", version 1;
}

impl From<&EntryRow> for EntryFacts {
    fn from(row: &EntryRow) -> Self {
        Self {
            account: row.customer_id,
            entry: row.id,
            job: row.job_id,
            kind: row.kind.as_str().to_owned(),
            reference: row.reference.clone(),
            amount: row.amount.normalize().to_string(),
            document_on: row.document_on.to_string(),
            due_on: row.due_on.to_string(),
            reverses: row.reverses_id,
        }
    }
}

impl From<&AllocationRow> for AllocationFacts {
    fn from(row: &AllocationRow) -> Self {
        Self {
            account: row.customer_id,
            allocation: row.id,
            credit: row.credit_entry_id,
            debit: row.debit_entry_id,
            amount: row.amount.normalize().to_string(),
        }
    }
}
