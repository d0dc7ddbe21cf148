//! Posting: the one way by which an entry comes into an account.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::events::AccountEntryPosted;
use super::model::{EntryId, EntryKind, EntryRow};
use super::query;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::jobs::service as jobs;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::customers::service as customers;
use crate::error::{Constraint, Refusal, ServiceResult, on_constraint};
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "account_entries_reverses_unique",
        path: &["input", "entryId"],
        message: "the entry is reversed already",
    },
    Constraint {
        name: "account_entries_source_unique",
        path: &["input"],
        message: "the document is posted already",
    },
];

/// An entry to post.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Whose account.
    pub customer: CustomerId,
    /// For which job, which must be the customer's.
    pub job: Option<JobId>,
    /// What for.
    pub kind: EntryKind,
    /// Number of the document.
    pub reference: Option<String>,
    /// More about it.
    pub note: Option<String>,
    /// Not zero, at most four decimals; above zero it is owed by the customer.
    pub amount: Decimal,
    /// Date of the document.
    pub document_on: NaiveDate,
    /// Until when it is to be paid; by the customer's terms if absent.
    pub due_on: Option<NaiveDate>,
    /// The document of the program that it is posted for.
    pub source: Option<Uuid>,
    /// The entry that it takes back.
    pub reverses: Option<EntryId>,
}

/// Posts entries, to accounts that are locked in the order of their ids. Four statements at
/// most, however many there are. `at` is where in the input they stand.
pub async fn post(
    tx: &mut TenantTx,
    postings: Vec<Posting>,
    at: Place,
) -> ServiceResult<Vec<EntryRow>> {
    let accounts = locked(tx, &postings, at).await?;
    check_jobs(tx, &postings, at).await?;
    let user = tx.context().principal().map(|user| user.user().uuid());
    let now = tx.now();
    let row = |posting: Posting| {
        let customer = accounts.get(&posting.customer)?;
        Some(EntryRow {
            id: EntryId::generate(),
            customer_id: posting.customer,
            job_id: posting.job,
            kind: posting.kind,
            reference: posting.reference,
            note: posting.note,
            amount: posting.amount,
            document_on: posting.document_on,
            due_on: posting
                .due_on
                .unwrap_or_else(|| due(customer, posting.amount, posting.document_on)),
            source_id: posting.source,
            reverses_id: posting.reverses,
            posted_by: user,
            posted_at: now,
        })
    };
    let rows: Vec<EntryRow> = postings.into_iter().filter_map(row).collect();
    let inserted = query::insert_entries(tx, &rows).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    for row in &rows {
        tx.emit(&AccountEntryPosted(row.into()));
    }
    Ok(rows)
}

/// Where in an input postings stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The input is one posting.
    Input,
    /// The input has a list of them, `entries`.
    Entries,
}

impl Place {
    /// The same refusal, at a field of the posting of this number.
    fn of(self, mut error: crate::error::UserError, index: usize, field: &str) -> Refusal {
        let path = match self {
            Self::Input => vec!["input".to_owned(), field.to_owned()],
            Self::Entries => ["input", "entries", &index.to_string(), field]
                .map(str::to_owned)
                .to_vec(),
        };
        error.path = Some(path);
        error.into()
    }
}

/// When something is due by the customer's terms; credits are at once.
fn due(customer: &CustomerRow, amount: Decimal, document_on: NaiveDate) -> NaiveDate {
    if amount < Decimal::ZERO {
        return document_on;
    }
    let days = Days::new(u64::try_from(customer.terms_days).unwrap_or(0));
    document_on.checked_add_days(days).unwrap_or(document_on)
}

async fn locked(
    tx: &mut TenantTx,
    postings: &[Posting],
    at: Place,
) -> ServiceResult<HashMap<CustomerId, CustomerRow>> {
    let ids: Vec<CustomerId> = postings.iter().map(|posting| posting.customer).collect();
    let rows = customers::lock(tx, &ids).await?;
    let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    for (index, id) in ids.iter().enumerate() {
        let missing = || at.of(customers::missing("customerId"), index, "customerId");
        let row = rows.get(id).ok_or_else(missing)?;
        CustomerAction::EntryPost.check(row, "customerId")?;
    }
    Ok(rows)
}

/// Refuses jobs that are not the customer's.
async fn check_jobs(tx: &mut TenantTx, postings: &[Posting], at: Place) -> ServiceResult<()> {
    let ids: Vec<JobId> = postings.iter().filter_map(|posting| posting.job).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = jobs::find(tx, &ids).await?;
    let owners: HashMap<_, _> = rows.iter().map(|row| (row.id, row.customer_id)).collect();
    for (index, posting) in postings.iter().enumerate() {
        let is_wrong = |job: &JobId| owners.get(job) != Some(&posting.customer);
        if posting.job.as_ref().is_some_and(is_wrong) {
            return Err(at.of(jobs::missing("jobId"), index, "jobId"));
        }
    }
    Ok(())
}
