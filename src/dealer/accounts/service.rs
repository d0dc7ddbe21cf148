//! Use cases of accounts: what is brought over, and corrections by hand.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::input::{AccountAdjustInput, AccountOpeningAddInput, AccountOpeningInput};
use super::model::{EntryKind, EntryRow};
use super::post::{Place, Posting, post};
use crate::dealer::calendar;
use crate::error::ServiceResult;
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Most entries of one call.
const MOST: usize = 500;

/// Posts what was open when the books were brought over, all of it or nothing.
pub async fn add_openings(
    tx: &mut TenantTx,
    input: AccountOpeningAddInput,
) -> ServiceResult<Vec<EntryRow>> {
    let mut checks = Checks::default();
    let count = input.entries.len();
    let right = (1..=MOST).contains(&count);
    checks.require(right, &["input", "entries"], "must be 1 to 500 entries");
    let digits = digits_of(&tx.context().dealer().currency);
    let entries = input.entries.into_iter().take(MOST).enumerate();
    let postings = entries.map(|(index, entry)| opening(&mut checks, (index, &entry), digits));
    let postings = postings.collect();
    checks.finish()?;
    post(tx, postings, Place::Entries).await
}

/// Posts a correction.
pub async fn adjust(tx: &mut TenantTx, input: AccountAdjustInput) -> ServiceResult<EntryRow> {
    let mut checks = Checks::default();
    let today = calendar::today(tx).await?;
    let document_on = input.document_on.unwrap_or(today);
    let path = |field: &'static str| vec!["input".to_owned(), field.to_owned()];
    let reference = input.reference.as_deref();
    let digits = digits_of(&tx.context().dealer().currency);
    let posting = Posting {
        customer: input.customer_id,
        job: input.job_id,
        kind: EntryKind::Adjustment,
        reference: checks.optional_text(&["input", "reference"], reference, 60),
        note: Some(checks.text(&["input", "reason"], &input.reason, 1, 500)),
        amount: signed(&mut checks, &path("amount"), input.amount.0, digits),
        document_on,
        due_on: input.due_on,
        source: None,
        reverses: None,
    };
    check_dates(&mut checks, path, (document_on, input.due_on));
    checks.finish()?;
    one(post(tx, vec![posting], Place::Input).await?)
}

/// The only row of a posting.
pub(super) fn one(rows: Vec<EntryRow>) -> ServiceResult<EntryRow> {
    let first = rows.into_iter().next();
    Ok(first.ok_or_else(|| crate::error::AppError::internal("nothing was posted"))?)
}

fn opening(
    checks: &mut Checks,
    (index, entry): (usize, &AccountOpeningInput),
    digits: u32,
) -> Posting {
    let number = index.to_string();
    let path = |field: &'static str| {
        let parts = ["input", "entries", number.as_str(), field];
        parts.map(str::to_owned).to_vec()
    };
    check_dates(checks, path, (entry.document_on, entry.due_on));
    let at = ["input", "entries", number.as_str(), "reference"];
    Posting {
        customer: entry.customer_id,
        job: entry.job_id,
        kind: EntryKind::Opening,
        reference: checks.optional_text(&at, entry.reference.as_deref(), 60),
        note: None,
        amount: signed(checks, &path("amount"), entry.amount.0, digits),
        document_on: entry.document_on,
        due_on: entry.due_on,
        source: None,
        reverses: None,
    }
}

/// An amount of either sign that fits its column and the currency, and is not zero.
fn signed(checks: &mut Checks, path: &[String], amount: Decimal, digits: u32) -> Decimal {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    checks.require(!amount.is_zero(), &path, "must not be zero");
    checks.money(&path, amount.abs(), digits);
    amount
}

fn check_dates(
    checks: &mut Checks,
    path: impl Fn(&'static str) -> Vec<String>,
    (document_on, due_on): (NaiveDate, Option<NaiveDate>),
) {
    let mut require = |right: bool, field, message: &str| {
        let path = path(field);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        checks.require(right, &path, message);
    };
    let known = |date: NaiveDate| (1900..=2199).contains(&date.year());
    let message = "must lie in the years 1900 to 2199";
    require(known(document_on), "documentOn", message);
    if let Some(due_on) = due_on {
        require(known(due_on), "dueOn", message);
        let message = "must not be before the date of the document";
        require(due_on >= document_on, "dueOn", message);
    }
}
