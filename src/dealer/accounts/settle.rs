//! Settling for other features: by debts that a document names, by the oldest, and the other
//! way round, a debt by credits. Whoever calls has locked the customer.

use std::collections::HashMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::allocate::{Fields, Part, checked, entry, longest_due, settle};
use super::input::AccountDebtInput;
use super::model::{AllocationId, EntryId, EntryKind, EntryRow, ItemRow, standing};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::calendar;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Most allocations that are undone at once.
const MOST_UNDONE: i64 = 10_000;
/// Allocations of one statement, which has so many parameters at most.
const AT_ONCE: usize = 1_000;

/// Settles these debts by a credit; `at` is where the input names them.
pub async fn named(
    tx: &mut TenantTx,
    credit: &EntryRow,
    debts: &[AccountDebtInput],
    at: Fields,
) -> ServiceResult<()> {
    let parts = checked(tx, credit.id, at, debts)?;
    let today = calendar::today(tx).await?;
    settle(tx, (credit.customer_id, at), &parts, today).await
}

/// Settles what is due longest by a credit, of its job if it has one; how many debts.
pub async fn oldest(tx: &mut TenantTx, credit: &EntryRow, at: Fields) -> ServiceResult<usize> {
    let parts = longest_due(tx, credit).await?;
    if !parts.is_empty() {
        let today = calendar::today(tx).await?;
        settle(tx, (credit.customer_id, at), &parts, today).await?;
    }
    Ok(parts.len())
}

/// Settles a debt by these credits of the same customer, in this order, as far as they go;
/// gives what is left of it.
pub async fn by_credits(
    tx: &mut TenantTx,
    debt: &EntryRow,
    credits: &[EntryId],
    at: Fields,
) -> ServiceResult<Decimal> {
    let ids: Vec<EntryId> = credits.iter().copied().chain([debt.id]).collect();
    let items = query::find_items(tx, &ids).await?;
    let open: HashMap<EntryId, Decimal> = items
        .iter()
        .filter(|item| item.customer_id == debt.customer_id)
        .map(|item| (item.entry_id, item.open()))
        .collect();
    let mut left = open.get(&debt.id).copied().unwrap_or_default();
    let mut parts = Vec::new();
    for credit in credits {
        let amount = open
            .get(credit)
            .map_or(Decimal::ZERO, |open| (-open).min(left));
        if amount <= Decimal::ZERO {
            continue;
        }
        left -= amount;
        parts.push(Part {
            credit: *credit,
            debit: debt.id,
            amount,
            undoes: None,
        });
    }
    let today = calendar::today(tx).await?;
    for parts in parts.chunks(AT_ONCE) {
        settle(tx, (debt.customer_id, at), parts, today).await?;
    }
    Ok(left)
}

/// Undoes what still holds of an entry's allocations, or only those that the input names in
/// its list `field`; gives how many.
pub async fn undo(
    tx: &mut TenantTx,
    entry: &EntryRow,
    only: Option<&[AllocationId]>,
    field: &'static str,
) -> ServiceResult<usize> {
    let rows = query::find_allocations(tx, &[entry.id], MOST_UNDONE).await?;
    let mut rows = standing(rows);
    if let Some(only) = only {
        let is_there = |id: &AllocationId| rows.iter().any(|row| row.id == *id);
        if let Some(index) = only.iter().position(|id| !is_there(id)) {
            let path = ["input", field, &index.to_string()];
            let message = "nothing is allocated under this id any more";
            return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
        }
        rows.retain(|row| only.contains(&row.id));
    }
    let part = |row: &super::model::AllocationRow| Part {
        credit: row.credit_entry_id,
        debit: row.debit_entry_id,
        amount: -row.amount,
        undoes: Some(row.id),
    };
    let parts: Vec<Part> = rows.iter().map(part).collect();
    let today = calendar::today(tx).await?;
    for parts in parts.chunks(AT_ONCE) {
        settle(tx, (entry.customer_id, Fields::ENTRIES), parts, today).await?;
    }
    Ok(parts.len())
}

/// The entry that a document was posted as.
pub async fn posted(tx: &mut TenantTx, id: EntryId) -> ServiceResult<EntryRow> {
    entry(tx, id, "id").await
}

/// Credits of a customer of which something is open, of one job if one is named, the oldest
/// first.
pub async fn open_credits(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<Vec<ItemRow>> {
    query::open_credits(tx, customer, job).await
}

/// The entries that documents of a kind were posted as, by document.
pub async fn entries_of(
    tx: &mut TenantTx,
    kind: EntryKind,
    documents: &[Uuid],
) -> DbResult<HashMap<Uuid, EntryId>> {
    if documents.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = query::find_by_source(tx, kind, documents).await?;
    let pair = |row: EntryRow| Some((row.source_id?, row.id));
    Ok(rows.into_iter().filter_map(pair).collect())
}
