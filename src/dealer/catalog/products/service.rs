//! Use cases of products.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::events::{ProductArchived, ProductCreated, ProductRestored, ProductUpdated};
use super::input::{ProductArchiveInput, ProductCreateInput, ProductUnitInput, ProductUpdateInput};
use super::model::{ProductChanges, ProductId, ProductKind, ProductRow};
use super::query;
use super::units::Wanted;
use crate::db::error::DbResult;
use crate::dealer::catalog::attributes::values::asked::{Asked, Said, Values, write as describe};
use crate::dealer::catalog::attributes::values::input::AttributeValueInput;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::categories::service::refuse_archived;
use crate::dealer::catalog::search::vocabulary::learn;
use crate::error::{AppResult, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::{given, updated};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

pub(super) const CONSTRAINTS: &[Constraint] = &[
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
        name: "product_barcodes_scanned_unique",
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
        description: description(
            &mut checks,
            &["input", "description"],
            input.description.as_deref(),
        ),
        kind: input.kind,
        category_id: input.category_id,
        base_unit_id: input.base_unit_id,
        list_price: checks.amount(&["input", "listPrice"], input.list_price.0),
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut units = Wanted::default();
    let path = ["input", "units"];
    units.add(
        (tx, &mut checks),
        (id, row.base_unit_id),
        &input.units,
        &path,
    );
    checks.finish()?;
    refuse_shelved(tx, row.category_id).await?;
    let asked = Asked::load(tx, row.category_id, &[]).await?;
    let values = asked.check(&said(id, row.category_id, &input.attributes))?;
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    units.write_new(tx, CONSTRAINTS).await?;
    describe(tx, vec![values]).await?;
    learn(tx, std::slice::from_ref(&row)).await?;
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
    let description = given(input.description)
        .map(|text| description(&mut checks, &["input", "description"], text.as_deref()));
    let list_price = input
        .list_price
        .map(|price| checks.amount(&["input", "listPrice"], price.0));
    checks.finish()?;
    if let Some(kind) = input.kind {
        refuse_kind(tx, input.id, kind).await?;
    }
    let has_new_words = sku.is_some() || name.is_some();
    let category_id = given(input.category_id);
    let attributes = input.attributes.as_deref();
    let values = values(tx, input.id, (category_id, attributes)).await?;
    let changes = ProductChanges {
        sku,
        name,
        description,
        kind: input.kind,
        category_id,
        list_price,
        ..ProductChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    if let Some(units) = input.units {
        replace_units(tx, &row, &units).await?;
    }
    describe(tx, values.into_iter().collect()).await?;
    if has_new_words {
        learn(tx, std::slice::from_ref(&row)).await?;
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

/// These products, archived or not.
pub async fn find(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<Vec<ProductRow>> {
    query::find_many(tx, ids).await
}

/// Which of these are archived.
pub async fn archived(tx: &mut TenantTx, ids: &[ProductId]) -> DbResult<HashSet<ProductId>> {
    Ok(query::archived(tx, ids).await?.into_iter().collect())
}

/// Lets nobody take units from a product until the COMMIT: who does changes the product, too.
pub async fn keep_units(tx: &mut TenantTx, id: ProductId) -> DbResult<()> {
    query::share(tx, id).await
}

/// Counts a change of what hangs on a product, which is locked by that.
pub async fn touch(tx: &mut TenantTx, id: ProductId, path: &[&str]) -> ServiceResult<ProductRow> {
    let missing = || UserError::at(ErrorCode::NotFound, path, "there is no such product");
    let row = query::touch(tx, id).await?.ok_or_else(missing)?;
    tx.emit(&ProductUpdated((&row).into()));
    Ok(row)
}

/// As [`touch`], if the product still has this version.
pub async fn revise(tx: &mut TenantTx, id: ProductId, version: i32) -> ServiceResult<ProductRow> {
    let row = change(tx, id, version, ProductChanges::none(tx.now())).await?;
    tx.emit(&ProductUpdated((&row).into()));
    Ok(row)
}

/// Refuses to put into stock what is never there. Whoever asks has made the first levels of
/// these products, so that their kinds stay what they are until the COMMIT.
pub async fn refuse_unkept(tx: &mut TenantTx, ids: Vec<ProductId>) -> ServiceResult<()> {
    let kinds = query::kinds(tx, ids).await?;
    if kinds.iter().all(|kind| kind.is_kept()) {
        return Ok(());
    }
    let message = "one of the products is never in stock";
    Err(UserError::at(ErrorCode::NotAllowed, &["input"], message).into())
}

/// Refuses another kind for what is or was in stock. Whoever puts something into stock for
/// the first time waits, and looks at the kind again.
async fn refuse_kind(tx: &mut TenantTx, id: ProductId, kind: ProductKind) -> ServiceResult<()> {
    let Some(row) = query::lock(tx, id).await? else {
        return Ok(());
    };
    if row.kind == kind || query::in_stock(tx, vec![id]).await?.is_empty() {
        return Ok(());
    }
    let message = "has been in stock: its kind can not be changed any more";
    Err(UserError::at(ErrorCode::NotAllowed, &["input", "kind"], message).into())
}

/// What is to be written of what a product is, where it comes into another category or
/// something is said of it; none if neither. Looked at before the product is written, as all of
/// an input is.
async fn values(
    tx: &mut TenantTx,
    id: ProductId,
    (category, values): (Option<Option<CategoryId>>, Option<&[AttributeValueInput]>),
) -> ServiceResult<Option<Values>> {
    if category.flatten().is_none() && values.is_none() {
        return Ok(None);
    }
    let Some(row) = query::lock(tx, id).await? else {
        return Ok(None);
    };
    let category = category.unwrap_or(row.category_id);
    if category == row.category_id && values.is_none() {
        return Ok(None);
    }
    if category != row.category_id {
        refuse_shelved(tx, category).await?;
    }
    let asked = Asked::load(tx, category, &[id]).await?;
    let said = said(id, category, values.unwrap_or_default());
    Ok(Some(asked.check(&said)?))
}

/// Refuses to put a product into an archived category.
async fn refuse_shelved(tx: &mut TenantTx, category: Option<CategoryId>) -> ServiceResult<()> {
    match category {
        Some(id) => refuse_archived(tx, id, &["input", "categoryId"]).await,
        None => Ok(()),
    }
}

const fn said(
    product: ProductId,
    category: Option<CategoryId>,
    values: &[AttributeValueInput],
) -> Said<'_> {
    Said {
        product,
        category,
        values,
        path: &["input", "attributes"],
    }
}

async fn replace_units(
    tx: &mut TenantTx,
    product: &ProductRow,
    units: &[ProductUnitInput],
) -> ServiceResult<()> {
    let (mut checks, mut wanted) = (Checks::default(), Wanted::default());
    let (which, path) = ((product.id, product.base_unit_id), ["input", "units"]);
    wanted.add((tx, &mut checks), which, units, &path);
    checks.finish()?;
    wanted.write(tx, CONSTRAINTS, &path).await
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

/// A description that may be given to a product; an empty one is none.
pub fn description(checks: &mut Checks, path: &[&str], text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let fits = text.chars().count() <= 5000;
    checks.require(fits, path, "must have at most 5000 characters");
    Some(text.to_owned())
}
