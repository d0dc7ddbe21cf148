//! Use cases of attributes.

use std::collections::HashSet;

use super::events::{AttributeArchived, AttributeCreated, AttributeUpdated};
use super::input::{AttributeArchiveInput, AttributeCreateInput, AttributeUpdateInput};
use super::model::{AttributeChanges, AttributeId, AttributeKind, AttributeRow};
use super::query;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::error::{AppResult, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most texts of a choice.
const MAX_CHOICES: usize = 100;
const CHOICES: &[&str] = &["input", "choices"];

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "attributes_code_unique",
        path: &["input", "code"],
        message: "another attribute has this code",
    },
    Constraint {
        name: "attributes_category_exists",
        path: &["input", "categoryId"],
        message: "there is no such category",
    },
    Constraint {
        name: "attributes_unit_exists",
        path: &["input", "unitId"],
        message: "there is no such unit",
    },
    Constraint {
        name: "attributes_choices_check",
        path: CHOICES,
        message: "a choice has them, and nothing else",
    },
];

/// Adds an attribute to a category and all below it.
pub async fn create(tx: &mut TenantTx, input: AttributeCreateInput) -> ServiceResult<AttributeRow> {
    let mut checks = Checks::default();
    let now = tx.now();
    let (is_choice, is_number) = (
        input.kind == AttributeKind::Choice,
        input.kind == AttributeKind::Number,
    );
    let has_choices = is_choice == input.choices.is_some();
    checks.require(has_choices, CHOICES, "a choice has them, and nothing else");
    let has_unit = is_number || input.unit_id.is_none();
    checks.require(has_unit, &["input", "unitId"], "only a number has a unit");
    let row = AttributeRow {
        id: AttributeId::generate(),
        category_id: input.category_id,
        code: checks.code(&["input", "code"], &input.code),
        name: checks.text(&["input", "name"], &input.name, 1, 200),
        kind: input.kind,
        unit_id: input.unit_id,
        choices: input.choices.map(|list| choices(&mut checks, &list)),
        is_required: input.is_required,
        is_filterable: input.is_filterable,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    checks.finish()?;
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&AttributeCreated((&row).into()));
    Ok(row)
}

/// Changes an attribute.
pub async fn update(tx: &mut TenantTx, input: AttributeUpdateInput) -> ServiceResult<AttributeRow> {
    let mut checks = Checks::default();
    let name = input.name.as_deref();
    let changes = AttributeChanges {
        name: name.map(|name| checks.text(&["input", "name"], name, 1, 200)),
        choices: input.choices.map(|list| choices(&mut checks, &list)),
        is_required: input.is_required,
        is_filterable: input.is_filterable,
        archived_at: None,
        updated_at: tx.now(),
    };
    checks.finish()?;
    let choices = changes.choices.clone();
    let row = change(tx, input.id, input.expected_version, changes).await?;
    if let Some(choices) = choices {
        keep_used(tx, &row, choices).await?;
    }
    tx.emit(&AttributeUpdated((&row).into()));
    Ok(row)
}

/// Archives an attribute: products keep their values, and get no new ones.
pub async fn archive(
    tx: &mut TenantTx,
    input: AttributeArchiveInput,
) -> ServiceResult<AttributeRow> {
    let now = tx.now();
    let changes = AttributeChanges {
        name: None,
        choices: None,
        is_required: None,
        is_filterable: None,
        archived_at: Some(Some(now)),
        updated_at: now,
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&AttributeArchived((&row).into()));
    Ok(row)
}

/// The attributes in use that products of these categories have, locked against changes until
/// the COMMIT.
pub async fn held(
    tx: &mut TenantTx,
    categories: &[CategoryId],
) -> AppResult<Vec<(CategoryId, AttributeRow)>> {
    Ok(query::held(tx, categories).await?)
}

async fn change(
    tx: &mut TenantTx,
    id: AttributeId,
    version: i32,
    changes: AttributeChanges,
) -> ServiceResult<AttributeRow> {
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

/// Refuses choices without one that a product has. The attribute is changed already, so
/// that nobody gives a product one of the old ones meanwhile.
async fn keep_used(
    tx: &mut TenantTx,
    row: &AttributeRow,
    choices: Vec<String>,
) -> ServiceResult<()> {
    let Some(used) = query::texts_besides(tx, row.id, choices).await?.pop() else {
        return Ok(());
    };
    let message = format!("some product is {}", used.unwrap_or_default());
    Err(UserError::at(ErrorCode::NotAllowed, CHOICES, message).into())
}

fn choices(checks: &mut Checks, texts: &[String]) -> Vec<String> {
    let fits = (1..=MAX_CHOICES).contains(&texts.len());
    checks.require(fits, CHOICES, "must be 1 to 100 texts");
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (index, text) in texts.iter().take(MAX_CHOICES).enumerate() {
        let position = index.to_string();
        let path = [CHOICES, &[position.as_str()]].concat();
        let text = checks.text(&path, text, 1, 100);
        checks.require(seen.insert(text.clone()), &path, "is listed twice");
        found.push(text);
    }
    found
}
