//! SQL of suppliers.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{SupplierChanges, SupplierId, SupplierRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::suppliers;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on suppliers.
pub type SupplierCondition = Predicate<suppliers::table>;

sort_keys! {
    table: suppliers, row: SupplierRow,
    field: /// What suppliers can be sorted by.
        SupplierOrderField,
    order: /// One sort key of suppliers.
        SupplierOrder,
    sort: SupplierSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of suppliers.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<SupplierCondition>,
    keys: &[(SupplierSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<SupplierRow>> {
    Ok(load_page!(tx, suppliers as SupplierRow, filter: filter, keys: keys, page: page))
}

/// How many suppliers match.
pub async fn count(tx: &mut TenantTx, filter: Option<SupplierCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, suppliers, filter: filter))
}

/// The suppliers with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[SupplierId]) -> DbResult<Vec<SupplierRow>> {
    let query = suppliers::table
        .filter(suppliers::id.eq_any(ids.to_vec()))
        .select(SupplierRow::as_select());
    Ok(query.load(tx).await?)
}

/// The suppliers with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<SupplierRow>> {
    let query = suppliers::table
        .filter(suppliers::code.eq_any(codes.to_vec()))
        .select(SupplierRow::as_select());
    Ok(query.load(tx).await?)
}

/// The suppliers with these ids, in the order of those, which nobody changes until the
/// COMMIT; others may refer to them as well.
pub(super) async fn share(tx: &mut TenantTx, ids: &[SupplierId]) -> DbResult<Vec<SupplierRow>> {
    let query = suppliers::table
        .filter(suppliers::id.eq_any(ids.to_vec()))
        .order(suppliers::id)
        .select(SupplierRow::as_select())
        .for_share();
    Ok(query.load(tx).await?)
}

/// The supplier, locked against those who refer to it and those who change it.
pub(super) async fn lock(tx: &mut TenantTx, id: SupplierId) -> DbResult<Option<SupplierRow>> {
    let query = suppliers::table
        .find(id)
        .select(SupplierRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a supplier.
pub async fn insert(tx: &mut TenantTx, row: &SupplierRow) -> QueryResult<()> {
    let query = diesel::insert_into(suppliers::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the supplier if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: SupplierId,
    version: i32,
    changes: SupplierChanges,
) -> QueryResult<Option<SupplierRow>> {
    let query = diesel::update(suppliers::table.find(id))
        .filter(suppliers::version.eq(version))
        .set((changes, suppliers::version.eq(suppliers::version + 1)))
        .returning(SupplierRow::as_returning());
    query.get_result(tx).await.optional()
}
