//! Use cases of categories.

use std::collections::HashMap;

use super::events::{CategoryArchived, CategoryCreated, CategoryDeleted, CategoryUpdated};
use super::input::{
    CategoryArchiveInput, CategoryCreateInput, CategoryDeleteInput, CategoryMoveInput,
    CategoryUpdateInput,
};
use super::model::{CategoryChanges, CategoryId, CategoryRow};
use super::query::{self, Hung};
use crate::db::error::DbError;
use crate::error::{Constraint, ErrorCode, Refusal, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most levels of the tree.
const MAX_LEVELS: usize = 20;

/// Why nothing is put into a category.
pub const ARCHIVED: &str = "this category is archived";

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
    if let Some(parent) = row.parent_id {
        let path = query::paths(tx, &[parent]).await?;
        let parent = path.iter().find(|(_, row)| row.id == parent);
        if parent.is_some_and(|(_, row)| row.archived_at.is_some()) {
            return Err(misplaced(ARCHIVED));
        }
        if path.len() >= MAX_LEVELS {
            return Err(misplaced("the tree may have at most 20 levels"));
        }
    }
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

/// Moves a category with all below it.
pub async fn relocate(tx: &mut TenantTx, input: CategoryMoveInput) -> ServiceResult<CategoryRow> {
    if let Some(parent) = input.parent_id {
        refuse_cycle(tx, input.id, parent).await?;
    }
    let changes = CategoryChanges {
        code: None,
        name: None,
        parent_id: Some(input.parent_id),
        archived_at: None,
        updated_at: tx.now(),
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&CategoryUpdated((&row).into()));
    Ok(row)
}

/// Refuses to put something into an archived category.
pub async fn refuse_archived(
    tx: &mut TenantTx,
    id: CategoryId,
    path: &[&str],
) -> ServiceResult<()> {
    let found = query::find_many(tx, &[id]).await?.pop();
    if found.is_none_or(|row| row.archived_at.is_none()) {
        return Ok(());
    }
    Err(UserError::at(ErrorCode::NotAllowed, path, ARCHIVED).into())
}

/// Deletes a category that nothing uses; gives what it was.
pub async fn delete(tx: &mut TenantTx, input: CategoryDeleteInput) -> ServiceResult<CategoryRow> {
    let row = query::delete(tx, input.id, input.expected_version)
        .await
        .map_err(used)?;
    let row = updated(row, query::find_many(tx, &[input.id])).await?;
    tx.emit(&CategoryDeleted((&row).into()));
    Ok(row)
}

/// What still refers to a category, by the database: it knows also of what came meanwhile.
fn used(error: diesel::result::Error) -> Refusal {
    let error = DbError::from(error);
    let what = match &error {
        DbError::ForeignKey { constraint } => match constraint.as_str() {
            "categories_parent_exists" => "categories below it",
            "products_category_exists" => "products in it",
            "attributes_category_exists" => "attributes of it",
            "price_rules_category_exists" => "price rules for it",
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    let message = format!("there are {what}");
    UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into()
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

/// Refuses to hang a category below itself, too deep, or anew below an archived one. All rows are locked, so that two
/// moves at once can not close a circle between them: the second waits, and reads what the
/// first has written.
async fn refuse_cycle(
    tx: &mut TenantTx,
    moved: CategoryId,
    parent: CategoryId,
) -> Result<(), Refusal> {
    let hung = query::hung_locked(tx).await?;
    let is_archived = |(id, _, archived): &Hung| *id == parent && archived.is_some();
    let stays = |(id, above, _): &Hung| *id == moved && *above == Some(parent);
    if hung.iter().any(is_archived) && !hung.iter().any(stays) {
        return Err(misplaced(ARCHIVED));
    }
    let hung = hung.into_iter();
    let parents: HashMap<_, _> = hung.map(|(id, above, _)| (id, above)).collect();
    let above = |id: &CategoryId| parents.get(id).copied().flatten();
    // No path is longer than the tree has nodes.
    let path = std::iter::successors(Some(parent), above).take(parents.len().max(1));
    let path: Vec<_> = path.collect();
    if path.contains(&moved) {
        return Err(misplaced("a category can not be below itself"));
    }
    let mut depth = path.len();
    let mut level = vec![moved];
    // One level of what is moved after the other; it has no circle.
    while !level.is_empty() {
        depth = depth.saturating_add(1);
        level = parents
            .iter()
            .filter(|(_, parent)| parent.is_some_and(|parent| level.contains(&parent)))
            .map(|(id, _)| *id)
            .collect();
        if depth > MAX_LEVELS {
            return Err(misplaced("the tree may have at most 20 levels"));
        }
    }
    Ok(())
}

fn misplaced(message: &str) -> Refusal {
    UserError::at(ErrorCode::NotAllowed, &["input", "parentId"], message).into()
}

/// A category and all below it; a statement for each level of the tree.
pub async fn subtree(
    tx: &mut TenantTx,
    top: CategoryId,
    path: &[&str],
) -> ServiceResult<Vec<CategoryId>> {
    if query::find_many(tx, &[top]).await?.is_empty() {
        let message = "there is no such category";
        return Err(UserError::at(ErrorCode::NotFound, path, message).into());
    }
    let (mut found, mut level) = (vec![top], vec![top]);
    while !level.is_empty() {
        let below = query::find_children(tx, &level).await?;
        level = below.into_iter().map(|row| row.id).collect();
        // No category is below itself; a tree that is wrong shall not be walked for ever.
        level.retain(|id| !found.contains(id));
        found.extend(&level);
    }
    Ok(found)
}
