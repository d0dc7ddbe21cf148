//! Use cases of allocations: which credit settles which debt.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::events::AccountAllocated;
use super::input::{AccountAllocateInput, AccountDeallocateInput, AccountDebtInput};
use super::model::{AllocationId, AllocationRow, EntryId, EntryRow, ItemRow};
use super::query;
use crate::dealer::calendar;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::customers::service as customers;
use crate::error::{AppError, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Most debts of one call.
const MOST: usize = 200;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "entry_allocations_undoes_unique",
    path: &["input", "allocationId"],
    message: "this allocation is undone already",
}];

/// The fields of an input that name a credit and its debts.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// That which names the credit, or how much it is.
    pub credit: &'static str,
    /// The list of debts, each with its `amount`.
    pub debts: &'static str,
}

impl Fields {
    /// Those of this feature's own inputs.
    pub(super) const ENTRIES: Self = Self {
        credit: "creditEntryId",
        debts: "debts",
    };
}

/// A part of a credit for a part of a debt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) credit: EntryId,
    pub(super) debit: EntryId,
    /// Below zero it undoes.
    pub(super) amount: Decimal,
    pub(super) undoes: Option<AllocationId>,
}

/// Settles debts by a credit; gives the credit.
pub async fn allocate(tx: &mut TenantTx, input: AccountAllocateInput) -> ServiceResult<EntryRow> {
    allocate_to(tx, input.credit_entry_id, input.debts).await
}

/// Settles these debts by a credit, or those that are due longest; gives the credit.
pub async fn allocate_to(
    tx: &mut TenantTx,
    credit: EntryId,
    debts: Option<Vec<AccountDebtInput>>,
) -> ServiceResult<EntryRow> {
    let entry = entry(tx, credit, "creditEntryId").await?;
    customers::lock(tx, &[entry.customer_id]).await?;
    let parts = match debts {
        Some(debts) => checked(tx, entry.id, Fields::ENTRIES, &debts)?,
        None => longest_due(tx, &entry).await?,
    };
    if parts.is_empty() {
        let message = "there is no open debt, or nothing is left of this credit";
        return Err(refused("creditEntryId", message).into());
    }
    let today = calendar::today(tx).await?;
    settle(tx, (entry.customer_id, Fields::ENTRIES), &parts, today).await?;
    Ok(entry)
}

/// Undoes an allocation; gives the credit.
pub async fn deallocate(
    tx: &mut TenantTx,
    input: AccountDeallocateInput,
) -> ServiceResult<EntryRow> {
    let missing = || {
        let message = "there is no such allocation";
        UserError::at(ErrorCode::NotFound, &["input", "allocationId"], message)
    };
    let found = query::find_allocation(tx, input.allocation_id).await?;
    let row = found.ok_or_else(missing)?;
    if row.undoes_id.is_some() {
        return Err(refused("allocationId", "this one undoes another").into());
    }
    customers::lock(tx, &[row.customer_id]).await?;
    let entries = query::find_many(tx, &[row.credit_entry_id, row.debit_entry_id]).await?;
    if entries.iter().any(|entry| entry.reverses_id.is_some()) {
        let message = "an entry was reversed by this; post what is right instead";
        return Err(refused("allocationId", message).into());
    }
    let part = Part {
        credit: row.credit_entry_id,
        debit: row.debit_entry_id,
        amount: -row.amount,
        undoes: Some(row.id),
    };
    let today = calendar::today(tx).await?;
    settle(tx, (row.customer_id, Fields::ENTRIES), &[part], today).await?;
    let mut entries = entries.into_iter();
    let credit = entries.find(|entry| entry.id == row.credit_entry_id);
    Ok(credit.ok_or_else(|| AppError::internal("a credit has vanished"))?)
}

/// Writes allocations and what they leave open; the customer is locked. Refuses what is
/// more than is open.
pub(super) async fn settle(
    tx: &mut TenantTx,
    (customer, at): (CustomerId, Fields),
    parts: &[Part],
    today: NaiveDate,
) -> ServiceResult<()> {
    let ids = parts.iter().flat_map(|part| [part.credit, part.debit]);
    let ids: Vec<EntryId> = ids.collect();
    let items = query::lock_items(tx, &ids).await?;
    let mut items: BTreeMap<EntryId, ItemRow> = items
        .into_iter()
        .filter(|item| item.customer_id == customer)
        .map(|item| (item.entry_id, item))
        .collect();
    for (index, part) in parts.iter().enumerate() {
        add(&mut items, (part.credit, true), -part.amount, today)
            .ok_or_else(|| refused(at.credit, "so much of this credit is not open"))?;
        add(&mut items, (part.debit, false), part.amount, today).ok_or_else(|| {
            let path = ["input", at.debts, &index.to_string(), "amount"];
            let message = "so much is not open of a debt of this customer with this id";
            UserError::at(ErrorCode::NotAllowed, &path, message)
        })?;
    }
    query::settle_items(tx, items.into_values().collect()).await?;
    let rows = rows(tx, customer, parts, today);
    for row in &rows {
        tx.emit(&AccountAllocated(row.into()));
    }
    let inserted = query::insert_allocations(tx, rows).await;
    inserted.map_err(on_constraint(CONSTRAINTS))
}

/// Allocates so much of an entry, which must be a credit or a debt; none if it has not so
/// much, or is the other.
fn add(
    items: &mut BTreeMap<EntryId, ItemRow>,
    (id, is_credit): (EntryId, bool),
    amount: Decimal,
    today: NaiveDate,
) -> Option<()> {
    let item = items.get_mut(&id)?;
    if item.amount.is_sign_negative() != is_credit {
        return None;
    }
    let allocated = item.allocated.checked_add(amount)?;
    let (least, most) = (
        item.amount.min(Decimal::ZERO),
        item.amount.max(Decimal::ZERO),
    );
    if allocated < least || allocated > most {
        return None;
    }
    item.allocated = allocated;
    item.settled_on = (allocated == item.amount).then_some(today);
    Some(())
}

fn rows(
    tx: &TenantTx,
    customer: CustomerId,
    parts: &[Part],
    today: NaiveDate,
) -> Vec<AllocationRow> {
    let user = tx.context().principal().map(|user| user.user().uuid());
    let now = tx.now();
    let row = |part: &Part| AllocationRow {
        id: AllocationId::generate(),
        customer_id: customer,
        credit_entry_id: part.credit,
        debit_entry_id: part.debit,
        amount: part.amount,
        undoes_id: part.undoes,
        allocated_on: today,
        allocated_by: user,
        allocated_at: now,
    };
    parts.iter().map(row).collect()
}

/// The parts that a caller named.
pub(super) fn checked(
    tx: &TenantTx,
    credit: EntryId,
    at: Fields,
    debts: &[AccountDebtInput],
) -> ServiceResult<Vec<Part>> {
    let mut checks = Checks::default();
    let digits = digits_of(&tx.context().dealer().currency);
    let right = (1..=MOST).contains(&debts.len());
    checks.require(right, &["input", at.debts], "must be 1 to 200 debts");
    let part = |(index, debt): (usize, &AccountDebtInput)| {
        let path = ["input", at.debts, &index.to_string(), "amount"];
        let amount = checks.money(&path, debt.amount.0, digits);
        checks.require(!amount.is_zero(), &path, "must not be zero");
        Part {
            credit,
            debit: debt.entry_id,
            amount,
            undoes: None,
        }
    };
    let parts = debts.iter().take(MOST).enumerate().map(part).collect();
    checks.finish()?;
    Ok(parts)
}

/// What a credit can settle, beginning with what is due longest.
pub(super) async fn longest_due(tx: &mut TenantTx, entry: &EntryRow) -> ServiceResult<Vec<Part>> {
    let mut left = query::find_items(tx, &[entry.id])
        .await?
        .first()
        .map_or(Decimal::ZERO, |item| -item.open());
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let debts = query::open_debts(tx, entry.customer_id, entry.job_id, most).await?;
    let mut parts = Vec::new();
    for debt in debts {
        let amount = debt.open().min(left);
        if amount <= Decimal::ZERO {
            break;
        }
        left -= amount;
        parts.push(Part {
            credit: entry.id,
            debit: debt.entry_id,
            amount,
            undoes: None,
        });
    }
    Ok(parts)
}

/// The entry that a field names.
pub(super) async fn entry(tx: &mut TenantTx, id: EntryId, field: &str) -> ServiceResult<EntryRow> {
    let row = query::find_many(tx, &[id]).await?.pop();
    let missing = || {
        let message = "there is no such entry";
        UserError::at(ErrorCode::NotFound, &["input", field], message)
    };
    Ok(row.ok_or_else(missing)?)
}

/// What can not be done with an entry as it is.
pub(super) fn refused(field: &str, message: &str) -> UserError {
    UserError::at(ErrorCode::NotAllowed, &["input", field], message)
}
