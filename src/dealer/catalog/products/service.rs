//! Use cases of products.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::events::{ProductArchived, ProductCreated, ProductRestored, ProductUpdated};
use super::input::{ProductArchiveInput, ProductCreateInput, ProductUnitInput, ProductUpdateInput};
use super::model::{ProductChanges, ProductId, ProductRow, ProductUnitRow};
use super::query;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{AppResult, Constraint, ServiceResult, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Most units of one product.
const MAX_UNITS: usize = 20;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "products_sku_unique",
        path: &["input", "sku"],
        message: "another product has this SKU",
    },
    Constraint {
        name: "products_category_exists",
        path: &["input", "categoryId"],
        message: "there is no such category",
    },
    Constraint {
        name: "products_base_unit_exists",
        path: &["input", "baseUnitId"],
        message: "there is no such unit",
    },
    Constraint {
        name: "product_units_unit_exists",
        path: &["input", "units"],
        message: "one of the units does not exist",
    },
    Constraint {
        name: "product_units_barcode_unique",
        path: &["input", "units"],
        message: "another unit or product has one of these barcodes",
    },
];

/// Adds a product with its units.
pub async fn create(tx: &mut TenantTx, input: ProductCreateInput) -> ServiceResult<ProductRow> {
    let mut checks = Checks::default();
    let id = ProductId::generate();
    let now = tx.now();
    let row = ProductRow {
        id,
        sku: checks.code(&["input", "sku"], &input.sku),
        name: checks.text(&["input", "name"], &input.name, 1, 200),
        description: description(&mut checks, input.description.as_deref()),
        kind: input.kind,
        category_id: input.category_id,
        base_unit_id: input.base_unit_id,
        list_price: checks.amount(&["input", "listPrice"], input.list_price.0),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let units = checked_units(&mut checks, id, input.base_unit_id, &input.units);
    checks.finish()?;
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    query::insert_units(tx, units)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&ProductCreated((&row).into()));
    Ok(row)
}

/// Changes a product.
pub async fn update(tx: &mut TenantTx, input: ProductUpdateInput) -> ServiceResult<ProductRow> {
    let mut checks = Checks::default();
    let sku = input
        .sku
        .as_deref()
        .map(|sku| checks.code(&["input", "sku"], sku));
    let name = input
        .name
        .as_deref()
        .map(|name| checks.text(&["input", "name"], name, 1, 200));
    let description =
        given(input.description).map(|text| description(&mut checks, text.as_deref()));
    let list_price = input
        .list_price
        .map(|price| checks.amount(&["input", "listPrice"], price.0));
    checks.finish()?;
    let changes = ProductChanges {
        sku,
        name,
        description,
        category_id: given(input.category_id),
        list_price,
        ..ProductChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    if let Some(units) = input.units {
        replace_units(tx, &row, &units).await?;
    }
    tx.emit(&ProductUpdated((&row).into()));
    Ok(row)
}

/// Archives a product: it stays in documents and leaves the catalogue.
pub async fn archive(tx: &mut TenantTx, input: ProductArchiveInput) -> ServiceResult<ProductRow> {
    let now = tx.now();
    let row = set_archived(tx, input, Some(now)).await?;
    tx.emit(&ProductArchived((&row).into()));
    Ok(row)
}

/// Takes a product out of the archive.
pub async fn restore(tx: &mut TenantTx, input: ProductArchiveInput) -> ServiceResult<ProductRow> {
    let row = set_archived(tx, input, None).await?;
    tx.emit(&ProductRestored((&row).into()));
    Ok(row)
}

/// Whether there is such a product, archived or not.
pub async fn product_exists(tx: &mut TenantTx, id: Uuid) -> AppResult<bool> {
    let found = query::find_many(tx, &[ProductId::from_uuid(id)]).await?;
    Ok(!found.is_empty())
}

async fn set_archived(
    tx: &mut TenantTx,
    input: ProductArchiveInput,
    archived_at: Option<DateTime<Utc>>,
) -> ServiceResult<ProductRow> {
    let changes = ProductChanges {
        archived_at: Some(archived_at),
        ..ProductChanges::none(tx.now())
    };
    change(tx, input.id, input.expected_version, changes).await
}

async fn change(
    tx: &mut TenantTx,
    id: ProductId,
    version: i32,
    changes: ProductChanges,
) -> ServiceResult<ProductRow> {
    let row = query::update(tx, id, version, changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

async fn replace_units(
    tx: &mut TenantTx,
    product: &ProductRow,
    units: &[ProductUnitInput],
) -> ServiceResult<()> {
    let mut checks = Checks::default();
    let rows = checked_units(&mut checks, product.id, product.base_unit_id, units);
    checks.finish()?;
    query::delete_units(tx, product.id).await?;
    query::insert_units(tx, rows)
        .await
        .map_err(on_constraint(CONSTRAINTS))
}

fn description(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let fits = text.chars().count() <= 5000;
    checks.require(
        fits,
        &["input", "description"],
        "must have at most 5000 characters",
    );
    Some(text.to_owned())
}

/// The units as rows, the base unit among them, factors in lowest terms.
fn checked_units(
    checks: &mut Checks,
    product: ProductId,
    base: UnitId,
    units: &[ProductUnitInput],
) -> Vec<ProductUnitRow> {
    checks.require(
        units.len() <= MAX_UNITS,
        &["input", "units"],
        "may have at most 20 units",
    );
    let mut rows: Vec<ProductUnitRow> = Vec::new();
    for (index, unit) in units.iter().take(MAX_UNITS).enumerate() {
        let position = index.to_string();
        let path = |field: &'static str| ["input", "units", position.as_str(), field];
        let twice = rows.iter().any(|row| row.unit_id == unit.unit_id);
        checks.require(!twice, &path("unitId"), "is listed twice");
        let factor = Ratio::new(unit.num, unit.den).unwrap_or_else(|error| {
            checks.fault(&path("num"), error.to_string());
            Ratio::ONE
        });
        let is_wrong_base = unit.unit_id == base && factor != Ratio::ONE;
        checks.require(!is_wrong_base, &path("num"), "the base unit has factor 1");
        rows.push(ProductUnitRow {
            product_id: product,
            unit_id: unit.unit_id,
            num: factor.num(),
            den: factor.den(),
            barcode: checks.optional_text(&path("barcode"), unit.barcode.as_deref(), 64),
        });
    }
    if !rows.iter().any(|row| row.unit_id == base) {
        rows.push(ProductUnitRow {
            product_id: product,
            unit_id: base,
            num: 1,
            den: 1,
            barcode: None,
        });
    }
    rows
}
