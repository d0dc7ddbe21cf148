//! The use case of many products at once.

use std::collections::{HashMap, HashSet};

use super::graphql::{ProductUpsertResult as Taken, UpsertOutcome};
use super::input::{ProductBulkUpsertInput, ProductUpsertRow};
use super::plan::{Named, Planned};
use crate::dealer::catalog::attributes::values::asked::{Asked, Said, write as describe};
use crate::dealer::catalog::barcodes::service::known;
use crate::dealer::catalog::products::events::{ProductCreated, ProductUpdated};
use crate::dealer::catalog::products::many;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::catalog::products::units::Wanted;
use crate::dealer::catalog::search::vocabulary::learn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::tenancy::TenantTx;

/// Most rows at once.
const MOST: usize = 500;

/// A row as it was sent, and what is to be done about it.
type Decided = (String, Result<Planned, Vec<UserError>>);

/// Adds or changes products by SKU; gives what became of each row.
pub async fn upsert(tx: &mut TenantTx, input: ProductBulkUpsertInput) -> ServiceResult<Vec<Taken>> {
    if !(1..=MOST).contains(&input.rows.len()) {
        let (path, message) = (["input", "rows"], "must be 1 to 500 products");
        return Err(UserError::at(ErrorCode::BadUserInput, &path, message).into());
    }
    let mut named = Named::load(tx, &input.rows).await?;
    let rows = input.rows.iter().enumerate();
    let decide =
        |(place, row): (usize, &ProductUpsertRow)| (row.sku.clone(), named.plan(tx, (place, row)));
    let mut decided: Vec<Decided> = rows.map(decide).collect();
    refuse_taken(tx, &mut decided).await?;
    refuse_lacking(tx, &input.rows, &mut decided).await?;
    write(tx, decided).await
}

/// Refuses rows with a barcode that is on something else already, or in a row before.
async fn refuse_taken(tx: &mut TenantTx, decided: &mut [Decided]) -> AppResult<()> {
    let planned = decided.iter().filter_map(|(_, plan)| plan.as_ref().ok());
    let asked = planned.flat_map(|plan| plan.units.scanned());
    let asked: Vec<String> = asked.map(|(scanned, _)| scanned.to_owned()).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let there = known(tx, asked).await?.into_iter();
    let place =
        |row: &crate::dealer::catalog::barcodes::model::BarcodeRow| (row.product_id, row.unit_id);
    let mut owners: HashMap<String, _> = there
        .map(|row| (row.scanned.clone(), place(&row)))
        .collect();
    for (index, (_, decision)) in decided.iter_mut().enumerate() {
        let Ok(plan) = decision else { continue };
        let is_taken = plan
            .units
            .scanned()
            .any(|(scanned, place)| *owners.entry(scanned.to_owned()).or_insert(place) != place);
        if is_taken {
            let position = index.to_string();
            let path = ["input", "rows", position.as_str(), "units"];
            let message = "another unit or product has one of these barcodes";
            *decision = Err(vec![UserError::at(
                ErrorCode::AlreadyExists,
                &path,
                message,
            )]);
        }
    }
    Ok(())
}

/// Refuses rows that say something wrong of what a product is, and those by which it comes into a
/// category without what that requires.
async fn refuse_lacking(
    tx: &mut TenantTx,
    rows: &[ProductUpsertRow],
    decided: &mut [Decided],
) -> ServiceResult<()> {
    let planned = rows.iter().zip(decided.iter());
    let planned = planned.filter_map(|(row, (_, plan))| Some((row, plan.as_ref().ok()?)));
    let asked: Vec<_> = planned
        .filter(|(row, plan)| is_asked(row, plan))
        .map(|(_, plan)| plan)
        .collect();
    let categories: Vec<_> = asked
        .iter()
        .filter_map(|plan| plan.row.category_id)
        .collect();
    let old = asked
        .iter()
        .filter(|plan| plan.outcome != UpsertOutcome::Created);
    let old: Vec<ProductId> = old.map(|plan| plan.row.id).collect();
    let asked = Asked::load(tx, categories, &old).await?;
    for (place, (row, (_, decision))) in rows.iter().zip(decided.iter_mut()).enumerate() {
        let Ok(plan) = decision else { continue };
        if !is_asked(row, plan) {
            continue;
        }
        let position = place.to_string();
        let said = Said {
            product: plan.row.id,
            category: plan.row.category_id,
            values: row.attributes.as_deref().unwrap_or_default(),
            path: &["input", "rows", position.as_str(), "attributes"],
        };
        match asked.check(&said) {
            Ok(values) => plan.values = values,
            Err(Refusal::User(errors)) => *decision = Err(errors),
            Err(fault @ Refusal::Fault(_)) => return Err(fault),
        }
    }
    Ok(())
}

/// Whether it is to be looked at what a row's product is.
fn is_asked(row: &ProductUpsertRow, plan: &Planned) -> bool {
    row.attributes.is_some() || (plan.is_moved && plan.row.category_id.is_some())
}

/// Writes what is to be done, in one statement for each table.
async fn write(tx: &mut TenantTx, decided: Vec<Decided>) -> ServiceResult<Vec<Taken>> {
    let rows_of = |outcome: UpsertOutcome| -> Vec<ProductRow> {
        let planned = decided.iter().filter_map(|(_, plan)| plan.as_ref().ok());
        let wanted = planned.filter(|plan| plan.outcome == outcome);
        wanted.map(|plan| plan.row.clone()).collect()
    };
    let (new, changed) = (
        rows_of(UpsertOutcome::Created),
        rows_of(UpsertOutcome::Updated),
    );
    many::store(tx, changed).await?;
    let added = many::add(tx, new).await?;
    let (mut results, mut named) = (Vec::new(), Vec::new());
    let (mut new_units, mut units) = (Wanted::default(), Wanted::default());
    let mut values = Vec::new();
    for (place, (sku, plan)) in decided.into_iter().enumerate() {
        let plan = plan.and_then(|plan| not_lost(plan, place, &added));
        let plan = match plan {
            Ok(plan) => plan,
            Err(errors) => {
                results.push(Taken::refused(sku, errors));
                continue;
            }
        };
        match plan.outcome {
            UpsertOutcome::Created => {
                new_units.append(plan.units);
                tx.emit(&ProductCreated((&plan.row).into()));
            }
            UpsertOutcome::Updated => {
                units.append(plan.units);
                tx.emit(&ProductUpdated((&plan.row).into()));
            }
            UpsertOutcome::Unchanged | UpsertOutcome::Refused => {}
        }
        if plan.is_named {
            named.push(plan.row.clone());
        }
        values.push(plan.values);
        results.push(Taken::taken(plan.outcome, plan.row));
    }
    many::pack(tx, new_units, units).await?;
    describe(tx, values).await?;
    learn(tx, &named).await?;
    Ok(results)
}

/// Refuses a new product whose SKU another request has taken meanwhile.
fn not_lost(
    plan: Planned,
    place: usize,
    added: &HashSet<ProductId>,
) -> Result<Planned, Vec<UserError>> {
    if plan.outcome != UpsertOutcome::Created || added.contains(&plan.row.id) {
        return Ok(plan);
    }
    let position = place.to_string();
    let path = ["input", "rows", position.as_str(), "sku"];
    let message = "a product with this SKU was added meanwhile; send the row again";
    Err(vec![UserError::at(ErrorCode::Conflict, &path, message)])
}
