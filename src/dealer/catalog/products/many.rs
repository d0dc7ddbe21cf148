//! Many products at once, for those who have checked them.

use std::collections::HashSet;

use super::model::{ProductId, ProductRow};
use super::query;
use super::units::Wanted;
use crate::error::{AppResult, Constraint, ServiceResult, on_constraint};
use crate::tenancy::TenantTx;

const ROWS: &[&str] = &["input", "rows"];

/// What was looked up may have gone meanwhile, and barcodes may have been taken.
const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "products_category_exists",
        path: ROWS,
        message: "one of the categories was deleted meanwhile",
    },
    Constraint {
        name: "product_barcodes_scanned_unique",
        path: ROWS,
        message: "one of the barcodes was taken meanwhile",
    },
];

/// The products with these SKUs, locked against other changes and against coming into stock for
/// the first time.
pub async fn lock(tx: &mut TenantTx, skus: Vec<String>) -> AppResult<Vec<ProductRow>> {
    Ok(query::lock_by_sku(tx, skus).await?)
}

/// Which of these are or were in stock somewhere.
pub async fn in_stock(tx: &mut TenantTx, ids: Vec<ProductId>) -> AppResult<HashSet<ProductId>> {
    Ok(query::in_stock(tx, ids).await?.into_iter().collect())
}

/// Adds products; gives the ids of those whose SKU nobody has taken meanwhile.
pub async fn add(
    tx: &mut TenantTx,
    mut rows: Vec<ProductRow>,
) -> ServiceResult<HashSet<ProductId>> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    // In the order of their SKUs, so that two who add the same do not wait in a circle.
    rows.sort_by(|one, other| one.sku.cmp(&other.sku));
    let added = query::insert_many(tx, rows).await;
    let added = added.map_err(on_constraint(CONSTRAINTS))?;
    Ok(added.into_iter().collect())
}

/// Writes products that are locked.
pub async fn store(tx: &mut TenantTx, rows: Vec<ProductRow>) -> ServiceResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let stored = query::store_many(tx, rows).await;
    stored.map_err(on_constraint(CONSTRAINTS))
}

/// Writes the units of products that were added, and of those that are locked.
pub async fn pack(tx: &mut TenantTx, added: Wanted, locked: Wanted) -> ServiceResult<()> {
    locked.write(tx, CONSTRAINTS, ROWS).await?;
    added.write_new(tx, CONSTRAINTS).await
}
