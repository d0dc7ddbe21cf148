//! Use cases of categories.

use std::collections::HashMap;

use super::events::{CategoryArchived, CategoryCreated, CategoryUpdated};
use super::input::{CategoryArchiveInput, CategoryCreateInput, CategoryUpdateInput};
use super::model::{CategoryChanges, CategoryId, CategoryRow};
use super::query;
use crate::error::{Constraint, ErrorCode, Refusal, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "categories_code_unique",
        path: &["input", "code"],
        message: "another category has this code",
    },
    Constraint {
        name: "categories_parent_exists",
        path: &["input", "parentId"],
        message: "there is no such category",
    },
];

/// Adds a category.
pub async fn create(tx: &mut TenantTx, input: CategoryCreateInput) -> ServiceResult<CategoryRow> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    checks.finish()?;
    let now = tx.now();
    let row = CategoryRow {
        id: CategoryId::generate(),
        code,
        name,
        parent_id: input.parent_id,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&CategoryCreated((&row).into()));
    Ok(row)
}

/// Changes or moves a category.
pub async fn update(tx: &mut TenantTx, input: CategoryUpdateInput) -> ServiceResult<CategoryRow> {
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
    let parent_id = given(input.parent_id);
    if let Some(Some(parent)) = parent_id {
        refuse_cycle(tx, input.id, parent).await?;
    }
    let changes = CategoryChanges {
        code,
        name,
        parent_id,
        archived_at: None,
        updated_at: tx.now(),
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CategoryUpdated((&row).into()));
    Ok(row)
}

/// Archives a category; products keep it.
pub async fn archive(tx: &mut TenantTx, input: CategoryArchiveInput) -> ServiceResult<CategoryRow> {
    let now = tx.now();
    let changes = CategoryChanges {
        code: None,
        name: None,
        parent_id: None,
        archived_at: Some(Some(now)),
        updated_at: now,
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CategoryArchived((&row).into()));
    Ok(row)
}

async fn change(
    tx: &mut TenantTx,
    id: CategoryId,
    version: i32,
    changes: CategoryChanges,
) -> ServiceResult<CategoryRow> {
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

/// Refuses to hang a category below itself. All rows are locked, so that two
/// moves at once can not close a circle between them.
async fn refuse_cycle(
    tx: &mut TenantTx,
    moved: CategoryId,
    parent: CategoryId,
) -> Result<(), Refusal> {
    let parents: HashMap<_, _> = query::parents_locked(tx).await?.into_iter().collect();
    let above = |id: &CategoryId| parents.get(id).copied().flatten();
    // No path is longer than the tree has nodes.
    let path = std::iter::successors(Some(parent), above).take(parents.len().max(1));
    if path.into_iter().any(|id| id == moved) {
        return Err(UserError::at(
            ErrorCode::NotAllowed,
            &["input", "parentId"],
            "a category can not be below itself",
        )
        .into());
    }
    Ok(())
}
