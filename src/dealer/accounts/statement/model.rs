//! What a statement is over, and its lines.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::dealer::accounts::model::EntryRow;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;

/// What a statement is over.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Whose account.
    pub customer: CustomerId,
    /// Of which job alone, if of one.
    pub job: Option<JobId>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// An entry with the balance behind it.
#[derive(Clone, Debug)]
pub struct LineRow {
    /// The entry.
    pub entry: EntryRow,
    /// What was owed once it was posted.
    pub balance: Decimal,
}
