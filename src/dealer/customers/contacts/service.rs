//! Use cases of contacts. Each locks the customer first.

use super::input::{ContactAddInput, ContactRemoveInput, ContactUpdateInput};
use super::model::{ContactChanges, ContactId, ContactRow};
use super::query;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::events::CustomerUpdated;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::customers::service as customers;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Most contacts of one customer.
const MOST: i64 = 50;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "customer_contacts_user_unique",
    path: &["input", "userId"],
    message: "another contact of the customer is this member",
}];

/// Adds a contact at a customer.
pub async fn add(tx: &mut TenantTx, input: ContactAddInput) -> ServiceResult<ContactRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    let digits = digits_of(&tx.context().dealer().currency);
    let details = input
        .details
        .checked(&mut checks, ContactChanges::default(), digits);
    checks.finish()?;
    let named = (input.customer_id, "customerId");
    let customer = customers::lock_one(tx, named, CustomerAction::ContactAdd).await?;
    if query::count(tx, customer.id).await? >= MOST {
        let (path, message) = (["input", "customerId"], "may have at most 50 contacts");
        return Err(UserError::at(ErrorCode::LimitExceeded, &path, message).into());
    }
    let row = ContactRow {
        id: ContactId::generate(),
        customer_id: customer.id,
        name,
        role: details.role.flatten(),
        phone: details.phone.flatten(),
        email: details.email.flatten(),
        user_id: details.user_id.flatten(),
        order_limit: details.order_limit.flatten(),
        approves_orders: details.approves_orders.unwrap_or_default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let inserted = query::insert(tx, &row).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&CustomerUpdated((&customer).into()));
    Ok(row)
}

/// Changes a contact.
pub async fn update(tx: &mut TenantTx, input: ContactUpdateInput) -> ServiceResult<ContactRow> {
    let mut checks = Checks::default();
    let name = input.name.as_deref();
    let changes = ContactChanges {
        name: name.map(|name| checks.text(&["input", "name"], name, 1, 200)),
        updated_at: tx.now(),
        ..ContactChanges::default()
    };
    let digits = digits_of(&tx.context().dealer().currency);
    let changes = input.details.checked(&mut checks, changes, digits);
    checks.finish()?;
    let (customer, before) = lock(tx, input.id).await?;
    if changes.user_id.is_some_and(|user| user != before.user_id) {
        let limit = changes.order_limit.unwrap_or(before.order_limit);
        refuse_limited(&before, limit, &["input", "userId"])?;
    }
    let row = query::update(tx, input.id, input.expected_version, changes).await;
    let row = row.map_err(on_constraint(CONSTRAINTS))?;
    let row = updated(row, query::find_many(tx, &[input.id])).await?;
    tx.emit(&CustomerUpdated((&customer).into()));
    Ok(row)
}

/// Removes a contact; gives what it was.
pub async fn remove(tx: &mut TenantTx, input: ContactRemoveInput) -> ServiceResult<ContactRow> {
    let (customer, row) = lock(tx, input.id).await?;
    refuse_limited(&row, row.order_limit, &["input", "id"])?;
    query::delete(tx, row.id).await?;
    tx.emit(&CustomerUpdated((&customer).into()));
    Ok(row)
}

/// Refuses to part a member from his contact while it holds a limit: he would have none, and
/// whoever tidies up would not have said so.
fn refuse_limited(
    row: &ContactRow,
    limit: Option<Decimal>,
    path: &[&'static str],
) -> ServiceResult<()> {
    if row.user_id.is_none() || limit.is_none() {
        return Ok(());
    }
    let message = "this member's orders have a limit here; set orderLimit to null first";
    Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
}

/// The contact.
pub async fn find(tx: &mut TenantTx, id: ContactId) -> DbResult<Option<ContactRow>> {
    Ok(query::find_many(tx, &[id]).await?.pop())
}

/// The contact and its customer, who is locked.
async fn lock(tx: &mut TenantTx, id: ContactId) -> ServiceResult<(CustomerRow, ContactRow)> {
    let missing = || {
        let message = "there is no such contact";
        UserError::at(ErrorCode::NotFound, &["input", "id"], message)
    };
    let found = query::find_many(tx, &[id]).await?.pop();
    let owner = found.ok_or_else(missing)?.customer_id;
    let customer = customers::lock(tx, &[owner]).await?.pop();
    let row = query::find_many(tx, &[id]).await?.pop();
    Ok(customer.zip(row).ok_or_else(missing)?)
}
