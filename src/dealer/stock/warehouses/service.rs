//! Use cases of warehouses.

use super::events::{WarehouseArchived, WarehouseCreated, WarehouseUpdated};
use super::input::{WarehouseArchiveInput, WarehouseCreateInput, WarehouseUpdateInput};
use super::model::{WarehouseChanges, WarehouseId, WarehouseKind, WarehouseRow};
use super::query;
use crate::db::error::DbResult;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "warehouses_code_unique",
    path: &["input", "code"],
    message: "another warehouse has this code",
}];

/// What keeps a warehouse in use, in the order of [`query::in_the_way`].
const IN_THE_WAY: [&str; 8] = [
    "stock on hand",
    "reserved goods",
    "open transfers",
    "open purchase orders",
    "open counts",
    "open deliveries",
    "open returns",
    "open orders",
];

/// A warehouse in which goods may be put and moved, and which is not archived until the COMMIT.
pub async fn in_use(
    tx: &mut TenantTx,
    id: WarehouseId,
    path: &[&str],
) -> ServiceResult<WarehouseRow> {
    usable(query::share(tx, &[id]).await?.pop(), path)
}

/// As [`in_use`], for several at once, each named by the field at its path.
pub async fn all_in_use(
    tx: &mut TenantTx,
    named: &[(WarehouseId, Vec<String>)],
) -> ServiceResult<Vec<WarehouseRow>> {
    let ids: Vec<_> = named.iter().map(|(id, _)| *id).collect();
    let found = query::share(tx, &ids).await?;
    let row = |(id, path): &(WarehouseId, Vec<String>)| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        usable(found.iter().find(|row| row.id == *id).cloned(), &path)
    };
    named.iter().map(row).collect()
}

/// The warehouses with these codes, archived ones among them; none is changed until the COMMIT.
pub async fn by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<WarehouseRow>> {
    query::share_by_code(tx, codes).await
}

/// Where goods lie that can be had, by code.
pub async fn stocked(tx: &mut TenantTx) -> DbResult<Vec<WarehouseId>> {
    query::stocked(tx).await
}

/// As [`in_use`], for one at a time until the COMMIT.
pub async fn alone_in(
    tx: &mut TenantTx,
    id: WarehouseId,
    path: &[&str],
) -> ServiceResult<WarehouseRow> {
    usable(query::lock(tx, id).await?, path)
}

fn usable(found: Option<WarehouseRow>, path: &[&str]) -> ServiceResult<WarehouseRow> {
    let missing = || {
        let message = "there is no such warehouse";
        UserError::at(ErrorCode::NotFound, path, message)
    };
    let row = found.ok_or_else(missing)?;
    moves(&row, path)?;
    Ok(row)
}

/// Refuses a warehouse in which nothing may be put and moved any more.
pub fn moves(row: &WarehouseRow, path: &[&str]) -> Result<(), UserError> {
    if row.archived_at.is_none() {
        return Ok(());
    }
    let message = "is archived: nothing moves there any more";
    Err(UserError::at(ErrorCode::NotAllowed, path, message))
}

/// Refuses a place where goods are on their way: `deed` is done where they arrive.
pub fn rests(row: &WarehouseRow, path: &[&str], deed: &str) -> Result<(), UserError> {
    if row.kind != WarehouseKind::Transit {
        return Ok(());
    }
    let message = format!("what is there is on its way: {deed} where it arrives");
    Err(UserError::at(ErrorCode::NotAllowed, path, message))
}

/// Where goods lie while they are on their way; made if there is no such place.
pub async fn transit(tx: &mut TenantTx) -> ServiceResult<WarehouseId> {
    if let Some(id) = query::transit(tx).await? {
        return Ok(id);
    }
    let now = tx.now();
    let row = WarehouseRow {
        id: WarehouseId::generate(),
        code: "TRANSIT".to_owned(),
        name: "On the way".to_owned(),
        kind: WarehouseKind::Transit,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    // Of two at once the second takes what the first has made.
    if query::insert_if_free(tx, &row).await? {
        tx.emit(&WarehouseCreated((&row).into()));
        return Ok(row.id);
    }
    let missing = || {
        let message = "there is no warehouse of kind TRANSIT in use: add one";
        UserError::general(ErrorCode::NotAllowed, message)
    };
    Ok(query::transit(tx).await?.ok_or_else(missing)?)
}

/// Adds a warehouse.
pub async fn create(tx: &mut TenantTx, input: WarehouseCreateInput) -> ServiceResult<WarehouseRow> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    checks.finish()?;
    let now = tx.now();
    let row = WarehouseRow {
        id: WarehouseId::generate(),
        code,
        name,
        kind: input.kind,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&WarehouseCreated((&row).into()));
    Ok(row)
}

/// Changes a warehouse.
pub async fn update(tx: &mut TenantTx, input: WarehouseUpdateInput) -> ServiceResult<WarehouseRow> {
    let mut checks = Checks::default();
    let code = input
        .code
        .as_deref()
        .map(|code| checks.code(&["input", "code"], code));
    let name = input
        .name
        .as_deref()
        .map(|name| checks.text(&["input", "name"], name, 1, 200));
    checks.finish()?;
    if let Some(kind) = input.kind {
        may_become(tx, input.id, kind).await?;
    }
    let changes = WarehouseChanges {
        code,
        name,
        kind: input.kind,
        archived_at: None,
        updated_at: tx.now(),
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&WarehouseUpdated((&row).into()));
    Ok(row)
}

/// Archives a warehouse where nothing lies and nothing is open.
pub async fn archive(
    tx: &mut TenantTx,
    input: WarehouseArchiveInput,
) -> ServiceResult<WarehouseRow> {
    // Waits for those who use it, who share it until their COMMIT.
    query::claim(tx, input.id).await?;
    refuse_used(tx, (input.id, "id")).await?;
    let now = tx.now();
    let changes = WarehouseChanges {
        code: None,
        name: None,
        kind: None,
        archived_at: Some(Some(now)),
        updated_at: now,
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&WarehouseArchived((&row).into()));
    Ok(row)
}

/// Refuses to make a place of goods on their way of another one that is in use, and the other
/// way round: what lies there could not be moved as it was to be.
async fn may_become(tx: &mut TenantTx, id: WarehouseId, kind: WarehouseKind) -> ServiceResult<()> {
    let is_transit = |kind: WarehouseKind| kind == WarehouseKind::Transit;
    match query::claim(tx, id).await? {
        Some(row) if is_transit(row.kind) != is_transit(kind) => {
            refuse_used(tx, (id, "kind")).await
        }
        _ => Ok(()),
    }
}

/// Refuses a warehouse from which or to which something is still to be moved, for what the
/// field says.
async fn refuse_used(tx: &mut TenantTx, (id, field): (WarehouseId, &str)) -> ServiceResult<()> {
    let found = query::in_the_way(tx, id).await?.into_iter();
    let used = found.zip(IN_THE_WAY).filter(|(is_there, _)| *is_there);
    let used: Vec<&str> = used.map(|(_, what)| what).collect();
    if used.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the warehouse has {}; move, finish or cancel that first",
        used.join(", ")
    );
    Err(UserError::at(ErrorCode::NotAllowed, &["input", field], message).into())
}

async fn change(
    tx: &mut TenantTx,
    id: WarehouseId,
    version: i32,
    changes: WarehouseChanges,
) -> ServiceResult<WarehouseRow> {
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}
