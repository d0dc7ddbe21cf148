//! SQL of what suppliers deliver.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::model::{SupplierItemId, SupplierItemRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::supplier_items;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::tenancy::TenantTx;

/// What these suppliers deliver, in the order in which that was said.
pub async fn find_by_suppliers(
    tx: &mut TenantTx,
    ids: &[SupplierId],
) -> DbResult<Vec<SupplierItemRow>> {
    let query = supplier_items::table
        .filter(supplier_items::supplier_id.eq_any(ids.to_vec()))
        .order((supplier_items::supplier_id, supplier_items::id))
        .select(SupplierItemRow::as_select());
    Ok(query.load(tx).await?)
}

/// Who delivers these products, the preferred supplier first.
pub async fn find_by_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<Vec<SupplierItemRow>> {
    let query = supplier_items::table
        .filter(supplier_items::product_id.eq_any(ids.to_vec()))
        .order((
            supplier_items::product_id,
            supplier_items::is_preferred.desc(),
            supplier_items::id,
        ))
        .select(SupplierItemRow::as_select());
    Ok(query.load(tx).await?)
}

/// These products as one supplier delivers them.
pub(super) async fn find_of_supplier(
    tx: &mut TenantTx,
    supplier: SupplierId,
    products: &[ProductId],
) -> DbResult<Vec<SupplierItemRow>> {
    let query = supplier_items::table
        .filter(supplier_items::supplier_id.eq(supplier))
        .filter(supplier_items::product_id.eq_any(products.to_vec()))
        .select(SupplierItemRow::as_select());
    Ok(query.load(tx).await?)
}

/// As [`find_of_supplier`], locked in the order of their ids.
pub(super) async fn lock_of_supplier(
    tx: &mut TenantTx,
    supplier: SupplierId,
    products: &[ProductId],
) -> DbResult<Vec<SupplierItemRow>> {
    let query = supplier_items::table
        .filter(supplier_items::supplier_id.eq(supplier))
        .filter(supplier_items::product_id.eq_any(products.to_vec()))
        .order(supplier_items::id)
        .select(SupplierItemRow::as_select())
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// The items with these ids.
pub(super) async fn find_many(
    tx: &mut TenantTx,
    ids: &[SupplierItemId],
) -> DbResult<Vec<SupplierItemRow>> {
    let query = supplier_items::table
        .filter(supplier_items::id.eq_any(ids.to_vec()))
        .select(SupplierItemRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds an item.
pub(super) async fn insert(tx: &mut TenantTx, row: &SupplierItemRow) -> QueryResult<()> {
    let query = diesel::insert_into(supplier_items::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Writes all of an item anew, which is locked.
pub(super) async fn update(tx: &mut TenantTx, row: &SupplierItemRow) -> QueryResult<()> {
    let query = diesel::update(supplier_items::table.find(row.id)).set(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Takes the preference for a product from another supplier than this.
pub(super) async fn prefer_no_other(
    tx: &mut TenantTx,
    (product, supplier): (ProductId, SupplierId),
    now: DateTime<Utc>,
) -> DbResult<Option<SupplierItemRow>> {
    let query = diesel::update(supplier_items::table)
        .filter(supplier_items::product_id.eq(product))
        .filter(supplier_items::is_preferred)
        .filter(supplier_items::supplier_id.ne(supplier))
        .set((
            supplier_items::is_preferred.eq(false),
            supplier_items::version.eq(supplier_items::version + 1),
            supplier_items::updated_at.eq(now),
        ))
        .returning(SupplierItemRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}

/// Writes what items have cost last, which are locked.
pub(super) async fn store_costs(tx: &mut TenantTx, rows: Vec<SupplierItemRow>) -> DbResult<()> {
    let query = diesel::insert_into(supplier_items::table)
        .values(rows)
        .on_conflict(supplier_items::id)
        .do_update()
        .set((
            supplier_items::last_cost.eq(excluded(supplier_items::last_cost)),
            supplier_items::version.eq(excluded(supplier_items::version)),
            supplier_items::updated_at.eq(excluded(supplier_items::updated_at)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Removes an item, if it still has this version.
pub(super) async fn delete(
    tx: &mut TenantTx,
    (id, version): (SupplierItemId, i32),
) -> DbResult<Option<SupplierItemRow>> {
    let query = diesel::delete(supplier_items::table.find(id))
        .filter(supplier_items::version.eq(version))
        .returning(SupplierItemRow::as_returning());
    Ok(query.get_result(tx).await.optional()?)
}
