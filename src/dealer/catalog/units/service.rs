//! Use cases of units.

use super::events::{UnitCreated, UnitUpdated};
use super::input::{UnitCreateInput, UnitUpdateInput};
use super::model::{UnitChanges, UnitId, UnitRow};
use super::query;
use crate::db::error::DbResult;
use crate::error::{Constraint, ServiceResult, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Decimals a quantity may have at most; what `numeric(20,6)` keeps.
const MAX_SCALE: i16 = 6;

/// Longest code of UN/ECE Recommendation 20.
const MAX_REC20: usize = 3;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "units_code_unique",
    path: &["input", "code"],
    message: "another unit has this code",
}];

/// The units.
pub async fn find_many(tx: &mut TenantTx, ids: &[UnitId]) -> DbResult<Vec<UnitRow>> {
    query::find_many(tx, ids).await
}

/// Adds a unit of the dealer's own.
pub async fn create(tx: &mut TenantTx, input: UnitCreateInput) -> ServiceResult<UnitRow> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 100);
    let rec20_code = checks.optional_text(
        &["input", "rec20Code"],
        input.rec20_code.as_deref(),
        MAX_REC20,
    );
    let scale = i16::try_from(input.scale).unwrap_or(-1);
    let in_range = (0..=MAX_SCALE).contains(&scale);
    checks.require(in_range, &["input", "scale"], "must be between 0 and 6");
    checks.finish()?;
    let now = tx.now();
    let row = UnitRow {
        id: UnitId::generate(),
        code,
        name,
        dimension: input.dimension,
        scale,
        rec20_code,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&UnitCreated((&row).into()));
    Ok(row)
}

/// Changes a unit.
pub async fn update(tx: &mut TenantTx, input: UnitUpdateInput) -> ServiceResult<UnitRow> {
    let mut checks = Checks::default();
    let name = input
        .name
        .as_deref()
        .map(|name| checks.text(&["input", "name"], name, 1, 100));
    let rec20_code = given(input.rec20_code)
        .map(|code| checks.optional_text(&["input", "rec20Code"], code.as_deref(), MAX_REC20));
    checks.finish()?;
    let changes = UnitChanges {
        name,
        rec20_code,
        updated_at: tx.now(),
    };
    let (id, version) = (input.id, input.expected_version);
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    let row = updated(row, query::find_many(tx, &[id])).await?;
    tx.emit(&UnitUpdated((&row).into()));
    Ok(row)
}
