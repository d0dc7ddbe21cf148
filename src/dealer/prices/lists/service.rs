//! Use cases of price lists.

use chrono::NaiveDate;

use super::events::{PriceListArchived, PriceListCreated, PriceListUpdated};
use super::input::{PriceListArchiveInput, PriceListCreateInput, PriceListUpdateInput};
use super::model::{PriceListChanges, PriceListId, PriceListRow};
use super::query;
use crate::dealer::calendar::Validity;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "price_lists_code_unique",
        path: &["input", "code"],
        message: "another price list has this code",
    },
    Constraint {
        name: "price_lists_valid_check",
        path: &["input", "validTo"],
        message: "must not be before validFrom",
    },
];

/// Adds a price list.
pub async fn create(tx: &mut TenantTx, input: PriceListCreateInput) -> ServiceResult<PriceListRow> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 100);
    check_priority(&mut checks, input.priority);
    check_days(&mut checks, input.valid_from, input.valid_to);
    checks.finish()?;
    let now = tx.now();
    let row = PriceListRow {
        id: PriceListId::generate(),
        code,
        name,
        currency: tx.context().dealer().currency.clone(),
        priority: input.priority,
        is_default: input.is_default,
        valid_from: input.valid_from,
        valid_to: input.valid_to,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&PriceListCreated((&row).into()));
    Ok(row)
}

/// Changes a price list.
pub async fn update(tx: &mut TenantTx, input: PriceListUpdateInput) -> ServiceResult<PriceListRow> {
    let mut checks = Checks::default();
    let name = input
        .name
        .as_deref()
        .map(|name| checks.text(&["input", "name"], name, 1, 100));
    if let Some(priority) = input.priority {
        check_priority(&mut checks, priority);
    }
    let (from, to) = (given(input.valid_from), given(input.valid_to));
    check_days(&mut checks, from.flatten(), to.flatten());
    checks.finish()?;
    let changes = PriceListChanges {
        name,
        priority: input.priority,
        is_default: input.is_default,
        valid_from: from,
        valid_to: to,
        archived_at: None,
        updated_at: tx.now(),
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&PriceListUpdated((&row).into()));
    Ok(row)
}

/// Archives a price list: nobody has its prices any more.
pub async fn archive(
    tx: &mut TenantTx,
    input: PriceListArchiveInput,
) -> ServiceResult<PriceListRow> {
    let now = tx.now();
    let changes = PriceListChanges {
        name: None,
        priority: None,
        is_default: None,
        valid_from: None,
        valid_to: None,
        archived_at: Some(Some(now)),
        updated_at: now,
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&PriceListArchived((&row).into()));
    Ok(row)
}

/// The list that a customer or job is to have, which must be in use.
pub async fn usable(tx: &mut TenantTx, id: PriceListId) -> ServiceResult<PriceListRow> {
    let path = ["input", "priceListId"];
    let found = query::find_many(tx, &[id]).await?.pop();
    let missing = || {
        let message = "there is no such price list";
        UserError::at(ErrorCode::NotFound, &path, message)
    };
    let list = found.ok_or_else(missing)?;
    is_used(&list, &path)?;
    Ok(list)
}

/// Refuses a list that nobody is to have any more.
pub fn is_used(list: &PriceListRow, path: &[&str]) -> Result<(), UserError> {
    if list.archived_at.is_none() {
        return Ok(());
    }
    let message = "this price list is archived";
    Err(UserError::at(ErrorCode::NotAllowed, path, message))
}

async fn change(
    tx: &mut TenantTx,
    id: PriceListId,
    version: i32,
    changes: PriceListChanges,
) -> ServiceResult<PriceListRow> {
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

fn check_priority(checks: &mut Checks, priority: i32) {
    let is_near = (-1000..=1000).contains(&priority);
    checks.require(
        is_near,
        &["input", "priority"],
        "must be between -1000 and 1000",
    );
}

fn check_days(checks: &mut Checks, from: Option<NaiveDate>, to: Option<NaiveDate>) {
    // Without a beginning, the end is its own: only its year is looked at.
    if let Some(from) = from.or(to) {
        Validity { from, to }.check(checks);
    }
}
