//! The use case of taking an entry back.

use super::allocate::{Fields, Part, entry, refused, settle};
use super::input::AccountEntryReverseInput;
use super::model::EntryRow;
use super::post::{Place, Posting, post};
use super::{query, service};
use crate::dealer::calendar;
use crate::dealer::customers::service as customers;
use crate::error::ServiceResult;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Posts the opposite of an entry of no document, and settles one by the other; gives the
/// new entry.
pub async fn reverse(
    tx: &mut TenantTx,
    input: AccountEntryReverseInput,
) -> ServiceResult<EntryRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    checks.finish()?;
    let old = entry(tx, input.entry_id, "entryId").await?;
    if old.source_id.is_some() {
        let message = "this entry is of a document, such as a payment; take that back";
        return Err(refused("entryId", message).into());
    }
    take_back(tx, old, reason).await
}

/// As [`reverse`], for whoever takes the entry's document back with it.
pub async fn take_back(
    tx: &mut TenantTx,
    old: EntryRow,
    reason: String,
) -> ServiceResult<EntryRow> {
    customers::lock(tx, &[old.customer_id]).await?;
    if old.reverses_id.is_some() {
        return Err(refused("entryId", "this entry takes another back").into());
    }
    let item = query::find_items(tx, &[old.id]).await?.pop();
    if item.is_none_or(|item| !item.allocated.is_zero()) {
        let message = "something of this entry is allocated; undo that first";
        return Err(refused("entryId", message).into());
    }
    let today = calendar::today(tx).await?;
    // Never dated before what it takes back.
    let on = today.max(old.document_on);
    let posting = Posting {
        customer: old.customer_id,
        job: old.job_id,
        kind: old.kind,
        reference: old.reference.clone(),
        note: Some(reason),
        amount: -old.amount,
        document_on: on,
        due_on: Some(on),
        source: None,
        reverses: Some(old.id),
    };
    let new = service::one(post(tx, vec![posting], Place::Input).await?)?;
    let (credit, debit) = if old.amount.is_sign_negative() {
        (old.id, new.id)
    } else {
        (new.id, old.id)
    };
    let part = Part {
        credit,
        debit,
        amount: old.amount.abs(),
        undoes: None,
    };
    settle(tx, (old.customer_id, Fields::ENTRIES), &[part], today).await?;
    Ok(new)
}
