//! Use cases of suppliers.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::actions::SupplierAction as Action;
use super::events::{SupplierArchived, SupplierCreated, SupplierRestored, SupplierUpdated};
use super::input::{SupplierCreateInput, SupplierUpdateInput, SupplierVersionInput};
use super::model::{SupplierChanges, SupplierId, SupplierRow};
use super::query;
use crate::dealer::purchasing::orders::open;
use crate::error::{AppError, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "suppliers_code_unique",
    path: &["input", "code"],
    message: "another supplier has this code",
}];

/// Adds a supplier.
pub async fn create(tx: &mut TenantTx, input: SupplierCreateInput) -> ServiceResult<SupplierRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    let known = SupplierChanges::none(now);
    let known = input.details.checked(&mut checks, known);
    checks.finish()?;
    let row = new_row((code, name), known, now);
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&SupplierCreated((&row).into()));
    Ok(row)
}

fn new_row(
    (code, name): (String, String),
    known: SupplierChanges,
    now: DateTime<Utc>,
) -> SupplierRow {
    SupplierRow {
        id: SupplierId::generate(),
        code,
        name,
        tax_id: known.tax_id.flatten(),
        terms_days: known.terms_days.unwrap_or(0),
        lead_days: known.lead_days.unwrap_or(0),
        tolerance: known.tolerance.unwrap_or(Decimal::ZERO),
        address_line: known.address_line.flatten(),
        city: known.city.flatten(),
        postcode: known.postcode.flatten(),
        country: known.country.flatten(),
        email: known.email.flatten(),
        phone: known.phone.flatten(),
        notes: known.notes.flatten(),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Changes what is known of a supplier.
pub async fn update(tx: &mut TenantTx, input: SupplierUpdateInput) -> ServiceResult<SupplierRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let code = input.code.as_deref();
    let name = input.name.as_deref();
    let changes = SupplierChanges {
        code: code.map(|code| checks.code(&["input", "code"], code)),
        name: name.map(|name| checks.text(&["input", "name"], name, 1, 200)),
        ..SupplierChanges::none(now)
    };
    let changes = input.details.checked(&mut checks, changes);
    checks.finish()?;
    lock_for(tx, input.id, Action::Update).await?;
    let row = change(tx, (input.id, input.expected_version), changes).await?;
    tx.emit(&SupplierUpdated((&row).into()));
    Ok(row)
}

/// Archives a supplier of whom nothing is ordered.
pub async fn archive(tx: &mut TenantTx, input: SupplierVersionInput) -> ServiceResult<SupplierRow> {
    lock_for(tx, input.id, Action::Archive).await?;
    if open::is_any(tx, input.id).await? {
        let message = "the supplier has open purchase orders; receive, close or cancel them first";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    let now = tx.now();
    let row = set_archived(tx, input, Some(now)).await?;
    tx.emit(&SupplierArchived((&row).into()));
    Ok(row)
}

/// Takes a supplier out of the archive.
pub async fn restore(tx: &mut TenantTx, input: SupplierVersionInput) -> ServiceResult<SupplierRow> {
    lock_for(tx, input.id, Action::Restore).await?;
    let row = set_archived(tx, input, None).await?;
    tx.emit(&SupplierRestored((&row).into()));
    Ok(row)
}

/// A supplier of whom something can be bought, and who is not archived until the COMMIT.
pub async fn in_use(
    tx: &mut TenantTx,
    (id, path): (SupplierId, &[&str]),
    action: Action,
) -> ServiceResult<SupplierRow> {
    let row = query::share(tx, &[id]).await?.pop();
    let row = row.ok_or_else(|| missing(path))?;
    action.check(&row, path)?;
    Ok(row)
}

/// As [`in_use`], those of many who are in use.
pub async fn all_in_use(
    tx: &mut TenantTx,
    ids: &BTreeSet<SupplierId>,
) -> ServiceResult<BTreeSet<SupplierId>> {
    let ids: Vec<_> = ids.iter().copied().collect();
    let rows = query::share(tx, &ids).await?.into_iter();
    let in_use = rows.filter(|row| row.archived_at.is_none());
    Ok(in_use.map(|row| row.id).collect())
}

/// A supplier that a foreign key says is there.
pub async fn find(tx: &mut TenantTx, id: SupplierId) -> ServiceResult<SupplierRow> {
    let row = query::find_many(tx, &[id]).await?.pop();
    Ok(row.ok_or_else(|| AppError::internal(format!("{id} has vanished")))?)
}

async fn lock_for(tx: &mut TenantTx, id: SupplierId, action: Action) -> ServiceResult<()> {
    let path = ["input", "id"];
    let row = query::lock(tx, id).await?;
    action.check(&row.ok_or_else(|| missing(&path))?, &path)
}

fn missing(path: &[&str]) -> UserError {
    UserError::at(ErrorCode::NotFound, path, "there is no such supplier")
}

async fn set_archived(
    tx: &mut TenantTx,
    input: SupplierVersionInput,
    archived_at: Option<DateTime<Utc>>,
) -> ServiceResult<SupplierRow> {
    let changes = SupplierChanges {
        archived_at: Some(archived_at),
        ..SupplierChanges::none(tx.now())
    };
    change(tx, (input.id, input.expected_version), changes).await
}

async fn change(
    tx: &mut TenantTx,
    (id, version): (SupplierId, i32),
    changes: SupplierChanges,
) -> ServiceResult<SupplierRow> {
    let row = query::update(tx, id, version, changes).await;
    let row = row.map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}
