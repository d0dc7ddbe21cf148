//! SQL of barcodes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::BarcodeRow;
use crate::db::error::DbResult;
use crate::db::tenant_tables::product_barcodes;
use crate::dealer::catalog::products::model::ProductId;
use crate::tenancy::TenantTx;

/// The barcodes of these products, oldest first.
pub(super) async fn find_by_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<Vec<BarcodeRow>> {
    let query = product_barcodes::table
        .filter(product_barcodes::product_id.eq_any(ids.to_vec()))
        .order((product_barcodes::created_at, product_barcodes::scanned))
        .select(BarcodeRow::as_select());
    Ok(query.load(tx).await?)
}

/// The barcodes that are found by these texts.
pub(super) async fn find_scanned(
    tx: &mut TenantTx,
    scanned: Vec<String>,
) -> DbResult<Vec<BarcodeRow>> {
    let query = product_barcodes::table
        .filter(product_barcodes::scanned.eq_any(scanned))
        .select(BarcodeRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds barcodes.
pub(super) async fn insert(tx: &mut TenantTx, rows: Vec<BarcodeRow>) -> QueryResult<()> {
    let query = diesel::insert_into(product_barcodes::table).values(rows);
    query.execute(tx).await.map(|_rows| ())
}

/// Removes these barcodes of these products; gives how many there were.
pub(super) async fn delete(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
    scanned: Vec<String>,
) -> DbResult<usize> {
    let rows = product_barcodes::table
        .filter(product_barcodes::product_id.eq_any(products))
        .filter(product_barcodes::scanned.eq_any(scanned));
    Ok(diesel::delete(rows).execute(tx).await?)
}
