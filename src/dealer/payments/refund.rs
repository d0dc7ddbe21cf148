//! The use case of paying credit back.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::events::PaymentRefunded;
use super::input::PaymentRefundInput;
use super::model::{PaymentDirection, PaymentRow};
use super::query;
use super::record::{Draft, FIELDS, Said, add};
use crate::dealer::accounts::model::{EntryId, ItemRow};
use crate::dealer::accounts::settle;
use crate::dealer::calendar;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::service as customers;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Most credits that a call names.
const MOST: usize = 200;

/// Pays credit back that settles nothing, never more than there is.
pub async fn refund(tx: &mut TenantTx, input: PaymentRefundInput) -> ServiceResult<PaymentRow> {
    let mut checks = Checks::default();
    let today = calendar::today(tx).await?;
    let said = Said {
        amount: input.amount.0,
        paid_on: input.paid_on,
        external_ref: input.external_ref.as_deref(),
        note: input.note.as_deref(),
    };
    let digits = digits_of(&tx.context().dealer().currency);
    let said = said.checked(&mut checks, today, digits);
    if let Some(named) = &input.credit_entry_ids {
        let right = (1..=MOST).contains(&named.len());
        checks.require(
            right,
            &["input", "creditEntryIds"],
            "must be 1 to 200 entries",
        );
    }
    checks.finish()?;
    customers::lock_one(
        tx,
        (input.customer_id, "customerId"),
        CustomerAction::EntryPost,
    )
    .await?;
    let open = settle::open_credits(tx, input.customer_id, input.job_id).await?;
    let credits = match &input.credit_entry_ids {
        Some(named) => those(&open, named)?,
        None => deposits_last(tx, open).await?,
    };
    let available: Decimal = credits.iter().map(|item| -item.open()).sum();
    if said.amount > available {
        let message = "so much credit that settles nothing is not there";
        let refused = UserError::at(ErrorCode::NotAllowed, &["input", "amount"], message);
        return Err(refused
            .with_detail("available", &available.normalize())
            .into());
    }
    let draft = Draft {
        direction: PaymentDirection::Out,
        customer: input.customer_id,
        job: input.job_id,
        order: None,
        method: input.method,
        amount: said.amount,
        paid_on: said.paid_on,
        external_ref: said.external_ref,
        note: said.note,
    };
    let (row, entry) = add(tx, draft).await?;
    let credits: Vec<EntryId> = credits.iter().map(|item| item.entry_id).collect();
    settle::by_credits(tx, &entry, &credits, FIELDS).await?;
    tx.emit(&PaymentRefunded((&row).into()));
    Ok(row)
}

/// The credits that were named, in that order, each once.
fn those(open: &[ItemRow], named: &[EntryId]) -> ServiceResult<Vec<ItemRow>> {
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for (index, id) in named.iter().enumerate() {
        if !seen.insert(*id) {
            continue;
        }
        let Some(item) = open.iter().find(|item| item.entry_id == *id) else {
            let path = ["input", "creditEntryIds", &index.to_string()];
            let message =
                "there is no such credit of this customer and job of which something is open";
            return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
        };
        found.push(item.clone());
    }
    Ok(found)
}

/// Credits by their age, with deposits for orders behind all others: those are wanted yet.
async fn deposits_last(tx: &mut TenantTx, open: Vec<ItemRow>) -> ServiceResult<Vec<ItemRow>> {
    let ids: Vec<EntryId> = open.iter().map(|item| item.entry_id).collect();
    let deposits: HashSet<EntryId> = query::deposits_among(tx, &ids).await?.into_iter().collect();
    let is_deposit = |item: &ItemRow| deposits.contains(&item.entry_id);
    let (last, mut all): (Vec<_>, Vec<_>) = open.into_iter().partition(is_deposit);
    all.extend(last);
    Ok(all)
}
