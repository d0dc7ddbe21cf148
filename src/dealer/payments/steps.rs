//! Use cases of payments that are recorded: what they settle, and taking them back.

use chrono::{DateTime, Utc};

use super::actions::PaymentAction as Action;
use super::events::{PaymentAllocated, PaymentReconciled, PaymentReversed};
use super::input::{
    PaymentAllocateInput, PaymentDeallocateInput, PaymentReconcileInput, PaymentReverseInput,
};
use super::model::{
    PaymentChanges, PaymentDirection, PaymentId, PaymentRow, PaymentState as State,
};
use super::record::{FIELDS, check_allocations, debts};
use super::{query, reminders};
use crate::dealer::accounts::{reverse as accounts, settle};
use crate::dealer::customers::service as customers;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most allocations that a call names.
const MOST: usize = 200;

/// Settles debts by what is left of a payment.
pub async fn allocate(tx: &mut TenantTx, input: PaymentAllocateInput) -> ServiceResult<PaymentRow> {
    let mut checks = Checks::default();
    if let Some(allocations) = &input.allocations {
        check_allocations(&mut checks, allocations);
    }
    checks.finish()?;
    let row = locked(tx, (input.id, None), Action::Allocate).await?;
    let entry = settle::posted(tx, row.entry_id).await?;
    if let Some(allocations) = input.allocations {
        let debts = debts(tx, allocations).await?;
        settle::named(tx, &entry, &debts, FIELDS).await?;
    } else if settle::oldest(tx, &entry, FIELDS).await? == 0 {
        let message = "there is no open debt, or nothing is left of this payment";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    tx.emit(&PaymentAllocated((&row).into()));
    Ok(row)
}

/// Takes allocations of a payment back: what they settled is open again.
pub async fn deallocate(
    tx: &mut TenantTx,
    input: PaymentDeallocateInput,
) -> ServiceResult<PaymentRow> {
    let mut checks = Checks::default();
    if let Some(named) = &input.allocation_ids {
        let right = (1..=MOST).contains(&named.len());
        checks.require(
            right,
            &["input", "allocationIds"],
            "must be 1 to 200 allocations",
        );
    }
    checks.finish()?;
    let row = locked(tx, (input.id, None), Action::Deallocate).await?;
    let entry = settle::posted(tx, row.entry_id).await?;
    let only = input.allocation_ids.as_deref();
    if settle::undo(tx, &entry, only, "allocationIds").await? == 0 {
        let message = "nothing of this payment is allocated";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    tx.emit(&PaymentAllocated((&row).into()));
    Ok(row)
}

/// Notes that a payment was found where it should be.
pub async fn reconcile(
    tx: &mut TenantTx,
    input: PaymentReconcileInput,
) -> ServiceResult<PaymentRow> {
    let key = (input.id, Some(input.expected_version));
    let row = locked(tx, key, Action::Reconcile).await?;
    let changes = PaymentChanges {
        reconciled_at: Some(tx.now()),
        ..to(State::Reconciled, tx.now())
    };
    let row = query::update(tx, row.id, changes).await?;
    tx.emit(&PaymentReconciled((&row).into()));
    Ok(row)
}

/// Takes a payment back with all that it settles; who was reminded of that before is reminded
/// anew.
pub async fn reverse(tx: &mut TenantTx, input: PaymentReverseInput) -> ServiceResult<PaymentRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 200);
    checks.finish()?;
    let key = (input.id, Some(input.expected_version));
    let row = locked(tx, key, Action::Reverse).await?;
    let entry = settle::posted(tx, row.entry_id).await?;
    let undone = settle::undo(tx, &entry, None, "id").await?;
    accounts::take_back(tx, entry, reason.clone()).await?;
    if undone > 0 && row.direction == PaymentDirection::In {
        reminders::restart(tx, row.customer_id).await?;
    }
    let changes = PaymentChanges {
        reversal_reason: Some(reason),
        reversed_at: Some(tx.now()),
        ..to(State::Reversed, tx.now())
    };
    let row = query::update(tx, row.id, changes).await?;
    tx.emit(&PaymentReversed((&row).into()));
    Ok(row)
}

const fn to(state: State, now: DateTime<Utc>) -> PaymentChanges {
    PaymentChanges {
        state,
        reversal_reason: None,
        reconciled_at: None,
        reversed_at: None,
        updated_at: now,
    }
}

/// The payment, locked behind its customer, if it suits the action. Without a version it may
/// be any.
async fn locked(
    tx: &mut TenantTx,
    (id, version): (PaymentId, Option<i32>),
    action: Action,
) -> ServiceResult<PaymentRow> {
    let path = ["input", "id"];
    let missing = || UserError::at(ErrorCode::NotFound, &path, "there is no such payment");
    let found = query::find_many(tx, &[id]).await?.pop();
    let customer = found.ok_or_else(missing)?.customer_id;
    customers::lock(tx, &[customer]).await?;
    let row = query::lock(tx, id).await?.ok_or_else(missing)?;
    if version.is_some_and(|version| version != row.version) {
        let message = "the record has changed since it was read; read it again";
        let path = ["input", "expectedVersion"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    action.check(&row, &path)?;
    Ok(row)
}
