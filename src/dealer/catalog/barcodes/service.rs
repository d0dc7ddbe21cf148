//! Use cases of barcodes. Each locks the product first.

use std::collections::HashSet;

use super::input::{BarcodeAddInput, BarcodeRemoveInput};
use super::model::BarcodeRow;
use super::query;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::catalog::products::service::touch;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{
    AppResult, Constraint, ErrorCode, Refusal, ServiceResult, UserError, on_constraint,
};
use crate::kernel::checks::Checks;
use crate::kernel::gtin;
use crate::tenancy::TenantTx;

/// Most barcodes of one unit.
pub const MOST: usize = 20;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "product_barcodes_scanned_unique",
        path: &["input", "barcode"],
        message: "another unit or product has this barcode",
    },
    Constraint {
        name: "product_barcodes_pkey",
        path: &["input", "barcode"],
        message: "the unit has this barcode already",
    },
    Constraint {
        name: "product_barcodes_unit_exists",
        path: &["input", "unitId"],
        message: "the product is not bought or sold in this unit",
    },
];

/// Adds a barcode to a unit of a product.
pub async fn add(tx: &mut TenantTx, input: BarcodeAddInput) -> ServiceResult<ProductRow> {
    let mut checks = Checks::default();
    let barcode = checked(&mut checks, &["input", "barcode"], &input.barcode);
    checks.finish()?;
    let product = touch(tx, input.product_id, &["input", "productId"]).await?;
    let unit = input.unit_id.unwrap_or(product.base_unit_id);
    let others = query::find_by_products(tx, &[product.id]).await?;
    if others.iter().filter(|other| other.unit_id == unit).count() >= MOST {
        let (path, message) = (["input", "barcode"], "a unit may have at most 20 barcodes");
        return Err(UserError::at(ErrorCode::LimitExceeded, &path, message).into());
    }
    let row = row(tx, (product.id, unit), barcode);
    query::insert(tx, vec![row])
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    Ok(product)
}

/// Takes a barcode from a product.
pub async fn remove(tx: &mut TenantTx, input: BarcodeRemoveInput) -> ServiceResult<ProductRow> {
    let product = touch(tx, input.product_id, &["input", "productId"]).await?;
    let scanned = gtin::scanned(input.barcode.trim());
    if query::delete(tx, vec![product.id], vec![scanned]).await? == 0 {
        let (path, message) = (["input", "barcode"], "the product has no such barcode");
        return Err(UserError::at(ErrorCode::NotFound, &path, message).into());
    }
    Ok(product)
}

/// A barcode that may be given to a unit.
pub fn checked(checks: &mut Checks, path: &[&str], barcode: &str) -> String {
    let barcode = checks.text(path, barcode, 1, 64);
    let is_wrong = gtin::looks_like_one(&barcode) && !gtin::is_right(&barcode);
    checks.require(
        !is_wrong,
        path,
        "looks like a GTIN, but its last digit is wrong",
    );
    barcode
}

/// A barcode to be added.
pub fn row(
    tx: &TenantTx,
    (product_id, unit_id): (ProductId, UnitId),
    barcode: String,
) -> BarcodeRow {
    BarcodeRow {
        product_id,
        unit_id,
        scanned: gtin::scanned(&barcode),
        barcode,
        created_at: tx.now(),
    }
}

/// Which of these are there already, by what they are found by.
pub async fn known(tx: &mut TenantTx, scanned: Vec<String>) -> AppResult<Vec<BarcodeRow>> {
    Ok(query::find_scanned(tx, scanned).await?)
}

/// Gives units the barcodes that are wanted: those of `exact` have these and no others,
/// the others keep what they have. The products are locked.
pub(in crate::dealer) async fn write(
    tx: &mut TenantTx,
    wanted: Vec<BarcodeRow>,
    exact: &HashSet<(ProductId, UnitId)>,
    refused: impl Fn(diesel::result::Error) -> Refusal,
) -> ServiceResult<()> {
    let about = wanted.iter().map(|row| row.product_id);
    let products: HashSet<ProductId> = about.chain(exact.iter().map(|unit| unit.0)).collect();
    if products.is_empty() {
        return Ok(());
    }
    let products: Vec<ProductId> = products.into_iter().collect();
    let place = |row: &BarcodeRow| (row.product_id, row.unit_id, row.scanned.clone());
    let goal: HashSet<_> = wanted.iter().map(place).collect();
    let there = query::find_by_products(tx, &products).await?;
    let gone = there.iter().filter(|row| {
        let is_named = exact.contains(&(row.product_id, row.unit_id));
        is_named && !goal.contains(&place(row))
    });
    let gone: Vec<String> = gone.map(|row| row.scanned.clone()).collect();
    if !gone.is_empty() {
        query::delete(tx, products, gone).await?;
    }
    let there: HashSet<_> = there.iter().map(place).collect();
    let new = wanted
        .into_iter()
        .filter(|row| !there.contains(&place(row)));
    let new: Vec<BarcodeRow> = new.collect();
    if new.is_empty() {
        return Ok(());
    }
    query::insert(tx, new).await.map_err(refused)
}
