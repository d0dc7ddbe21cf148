//! Use cases of customers.

use chrono::{DateTime, Utc};

use super::actions::CustomerAction as Action;
use super::events::{
    CustomerArchived, CustomerCreated, CustomerHeld, CustomerReleased, CustomerRestored,
    CustomerUpdated,
};
use super::input::{
    CustomerCreateInput, CustomerHoldSetInput, CustomerUpdateInput, CustomerVersionInput,
};
use super::model::{CustomerChanges, CustomerId, CustomerRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::prices::lists::model::PriceListId;
use crate::dealer::{accounts, credit};
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::{Checks, Fault};
use crate::tenancy::TenantTx;

const TERMS: &[&str] = &["input", "termsDays"];

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "customers_code_unique",
    path: &["input", "code"],
    message: "another customer has this code",
}];

/// Adds a customer.
pub async fn create(tx: &mut TenantTx, input: CustomerCreateInput) -> ServiceResult<CustomerRow> {
    let row = checked_new(input, tx.now())?;
    let inserted = query::insert_many(tx, vec![row.clone()]).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&CustomerCreated((&row).into()));
    Ok(row)
}

/// Changes what is known of a customer.
pub async fn update(tx: &mut TenantTx, input: CustomerUpdateInput) -> ServiceResult<CustomerRow> {
    let (id, version) = (input.id, input.expected_version);
    let changes = checked_changes(input, tx.now())?;
    lock_for(tx, id, Action::Update).await?;
    let row = change(tx, id, version, changes).await?;
    tx.emit(&CustomerUpdated((&row).into()));
    Ok(row)
}

/// A new customer as an input says it is, checked.
pub(super) fn checked_new(
    input: CustomerCreateInput,
    now: DateTime<Utc>,
) -> Result<CustomerRow, Vec<Fault>> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    let changes = CustomerChanges {
        terms_days: Some(checks.days(TERMS, input.terms_days)),
        ..CustomerChanges::none(now)
    };
    let changes = input.details.checked(&mut checks, changes);
    checks.finish()?;
    Ok(CustomerRow::new(code, name, now).with(changes))
}

/// The changes that an input says, checked.
pub(super) fn checked_changes(
    input: CustomerUpdateInput,
    now: DateTime<Utc>,
) -> Result<CustomerChanges, Vec<Fault>> {
    let mut checks = Checks::default();
    let code = input.code.as_deref();
    let name = input.name.as_deref();
    let changes = CustomerChanges {
        code: code.map(|code| checks.code(&["input", "code"], code)),
        name: name.map(|name| checks.text(&["input", "name"], name, 1, 200)),
        terms_days: input.terms_days.map(|days| checks.days(TERMS, days)),
        ..CustomerChanges::none(now)
    };
    let changes = input.details.checked(&mut checks, changes);
    checks.finish()?;
    Ok(changes)
}

/// Archives a customer with whom nothing is open.
pub async fn archive(tx: &mut TenantTx, input: CustomerVersionInput) -> ServiceResult<CustomerRow> {
    let row = lock_for(tx, input.id, Action::Archive).await?;
    let owes = accounts::open::is_any(tx, row.id, None).await?;
    if owes || credit::commitments::is_any(tx, row.id, None).await? {
        let message = "the customer has open entries, orders or deliveries; settle them first";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    let changes = CustomerChanges {
        archived_at: Some(Some(tx.now())),
        ..CustomerChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CustomerArchived((&row).into()));
    Ok(row)
}

/// Takes a customer out of the archive.
pub async fn restore(tx: &mut TenantTx, input: CustomerVersionInput) -> ServiceResult<CustomerRow> {
    lock_for(tx, input.id, Action::Restore).await?;
    let changes = CustomerChanges {
        archived_at: Some(None),
        ..CustomerChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CustomerRestored((&row).into()));
    Ok(row)
}

/// Puts a customer on hold: nothing more is sold to it.
pub async fn set_hold(
    tx: &mut TenantTx,
    input: CustomerHoldSetInput,
) -> ServiceResult<CustomerRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    checks.finish()?;
    lock_for(tx, input.id, Action::HoldSet).await?;
    let changes = CustomerChanges {
        hold_reason: Some(Some(reason)),
        held_at: Some(Some(tx.now())),
        ..CustomerChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CustomerHeld((&row).into()));
    Ok(row)
}

/// Lifts a customer's hold.
pub async fn release_hold(
    tx: &mut TenantTx,
    input: CustomerVersionInput,
) -> ServiceResult<CustomerRow> {
    lock_for(tx, input.id, Action::HoldRelease).await?;
    let changes = CustomerChanges {
        hold_reason: Some(None),
        held_at: Some(None),
        ..CustomerChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CustomerReleased((&row).into()));
    Ok(row)
}

/// These customers, locked in the order of their ids until the transaction ends.
pub async fn lock(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<CustomerRow>> {
    query::lock_many(tx, ids).await
}

/// The customer, locked, if `action` suits it.
async fn lock_for(tx: &mut TenantTx, id: CustomerId, action: Action) -> ServiceResult<CustomerRow> {
    lock_one(tx, (id, "id"), action).await
}

/// The customer that an input's field names, locked, if `action` suits it.
pub async fn lock_one(
    tx: &mut TenantTx,
    (id, field): (CustomerId, &str),
    action: Action,
) -> ServiceResult<CustomerRow> {
    let Some(row) = lock(tx, &[id]).await?.pop() else {
        return Err(missing(field).into());
    };
    action.check(&row, field)?;
    Ok(row)
}

/// The customer, unlocked.
pub async fn find(tx: &mut TenantTx, id: CustomerId) -> DbResult<Option<CustomerRow>> {
    Ok(query::find_many(tx, &[id]).await?.pop())
}

/// The refusal of an id that no customer has.
pub fn missing(field: &str) -> UserError {
    let message = "there is no such customer";
    UserError::at(ErrorCode::NotFound, &["input", field], message)
}

/// Changes a customer that still has this version.
pub async fn change(
    tx: &mut TenantTx,
    id: CustomerId,
    version: i32,
    changes: CustomerChanges,
) -> ServiceResult<CustomerRow> {
    let row = query::update(tx, id, version, changes).await;
    let row = row.map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

/// Writes new customers and such as are locked, each with its price list.
pub(super) async fn store(
    tx: &mut TenantTx,
    rows: Vec<(CustomerRow, Option<PriceListId>)>,
) -> ServiceResult<()> {
    let stored = query::store(tx, rows).await;
    stored.map_err(on_constraint(CONSTRAINTS))
}
