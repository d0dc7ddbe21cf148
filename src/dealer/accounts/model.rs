//! Rows and enums of accounts.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::{account_entries, account_items, entry_allocations};
use crate::db::text_enum::text_enum;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// An entry in a customer's account.
    EntryId, "ent"
);
typed_id!(
    /// A part of a credit that settles a part of a debt.
    AllocationId, "alc"
);

text_enum! {
    /// What an entry was posted for.
    pub enum EntryKind {
        /// Brought over from the books that were kept before.
        Opening = "OPENING",
        /// An invoice; above zero.
        Invoice = "INVOICE",
        /// A credit note; below zero.
        CreditNote = "CREDIT_NOTE",
        /// A payment of the customer; below zero.
        Payment = "PAYMENT",
        /// A correction by hand.
        Adjustment = "ADJUSTMENT",
        /// Credit that was paid back to the customer; above zero.
        Refund = "REFUND",
    }
}

/// An entry as stored; never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = account_entries, check_for_backend(diesel::pg::Pg))]
pub struct EntryRow {
    /// Its id.
    pub id: EntryId,
    /// Whose account.
    pub customer_id: CustomerId,
    /// For which job, if for one.
    pub job_id: Option<JobId>,
    /// What it was posted for.
    pub kind: EntryKind,
    /// Number of the document.
    pub reference: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// Above zero it is owed by the customer; never zero.
    pub amount: Decimal,
    /// Date of the document.
    pub document_on: NaiveDate,
    /// Until when it is to be paid.
    pub due_on: NaiveDate,
    /// The document of the program that it was posted for.
    pub source_id: Option<Uuid>,
    /// The entry that it takes back.
    pub reverses_id: Option<EntryId>,
    /// Who posted it.
    pub posted_by: Option<Uuid>,
    /// When.
    pub posted_at: DateTime<Utc>,
}

/// How much of an entry is settled.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = account_items, check_for_backend(diesel::pg::Pg))]
pub struct ItemRow {
    /// Of which entry.
    pub entry_id: EntryId,
    /// Whose account.
    pub customer_id: CustomerId,
    /// For which job.
    pub job_id: Option<JobId>,
    /// The entry's amount.
    pub amount: Decimal,
    /// How much is settled, with the sign of the amount.
    pub allocated: Decimal,
    /// Date of the document.
    pub document_on: NaiveDate,
    /// Until when it is to be paid.
    pub due_on: NaiveDate,
    /// Since when nothing is open, at the dealer's place.
    pub settled_on: Option<NaiveDate>,
}

impl ItemRow {
    /// What is not settled yet, with the sign of the amount.
    pub fn open(&self) -> Decimal {
        self.amount - self.allocated
    }
}

impl From<&EntryRow> for ItemRow {
    fn from(row: &EntryRow) -> Self {
        Self {
            entry_id: row.id,
            customer_id: row.customer_id,
            job_id: row.job_id,
            amount: row.amount,
            allocated: Decimal::ZERO,
            document_on: row.document_on,
            due_on: row.due_on,
            settled_on: None,
        }
    }
}

/// An allocation as stored; never changed. What is below zero undoes another.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = entry_allocations, check_for_backend(diesel::pg::Pg))]
pub struct AllocationRow {
    /// Its id.
    pub id: AllocationId,
    /// Whose account.
    pub customer_id: CustomerId,
    /// What settles.
    pub credit_entry_id: EntryId,
    /// What is settled.
    pub debit_entry_id: EntryId,
    /// How much.
    pub amount: Decimal,
    /// The allocation that it undoes.
    pub undoes_id: Option<AllocationId>,
    /// On which day at the dealer's place.
    pub allocated_on: NaiveDate,
    /// Who allocated it.
    pub allocated_by: Option<Uuid>,
    /// When.
    pub allocated_at: DateTime<Utc>,
}

/// Of these allocations those that still hold: neither undone, nor undoing others.
pub fn standing(rows: Vec<AllocationRow>) -> Vec<AllocationRow> {
    let undone: HashSet<AllocationId> = rows.iter().filter_map(|row| row.undoes_id).collect();
    let holds = |row: &AllocationRow| row.undoes_id.is_none() && !undone.contains(&row.id);
    rows.into_iter().filter(holds).collect()
}
