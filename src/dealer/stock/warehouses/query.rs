//! SQL of warehouses.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{WarehouseChanges, WarehouseId, WarehouseKind, WarehouseRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::warehouses;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on warehouses.
pub type WarehouseCondition = Predicate<warehouses::table>;

sort_keys! {
    table: warehouses, row: WarehouseRow,
    field: /// What warehouses can be sorted by.
        WarehouseOrderField,
    order: /// One sort key of warehouses.
        WarehouseOrder,
    sort: WarehouseSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// One page of warehouses.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<WarehouseCondition>,
    keys: &[(WarehouseSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<WarehouseRow>> {
    Ok(load_page!(tx, warehouses as WarehouseRow, filter: filter, keys: keys, page: page))
}

/// How many warehouses match.
pub async fn count(tx: &mut TenantTx, filter: Option<WarehouseCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, warehouses, filter: filter))
}

/// The warehouses with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[WarehouseId]) -> DbResult<Vec<WarehouseRow>> {
    let query = warehouses::table
        .filter(warehouses::id.eq_any(ids.to_vec()))
        .select(WarehouseRow::as_select());
    Ok(query.load(tx).await?)
}

/// The warehouse, locked against others who lock it.
pub(super) async fn lock(tx: &mut TenantTx, id: WarehouseId) -> DbResult<Option<WarehouseRow>> {
    let query = warehouses::table
        .find(id)
        .select(WarehouseRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// The warehouses with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<WarehouseRow>> {
    let query = warehouses::table
        .filter(warehouses::code.eq_any(codes.to_vec()))
        .select(WarehouseRow::as_select());
    Ok(query.load(tx).await?)
}

/// Where goods lie that can be had, by code: all places in use but those on the way.
pub async fn stocked(tx: &mut TenantTx) -> DbResult<Vec<WarehouseId>> {
    let query = warehouses::table
        .filter(warehouses::kind.ne(WarehouseKind::Transit))
        .filter(warehouses::archived_at.is_null())
        .order(warehouses::code)
        .select(warehouses::id);
    Ok(query.load(tx).await?)
}

/// The first place in use for goods that are on their way, by code.
pub(super) async fn transit(tx: &mut TenantTx) -> DbResult<Option<WarehouseId>> {
    let query = warehouses::table
        .filter(warehouses::kind.eq(WarehouseKind::Transit))
        .filter(warehouses::archived_at.is_null())
        .order(warehouses::code)
        .select(warehouses::id)
        .limit(1);
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a warehouse.
pub async fn insert(tx: &mut TenantTx, row: &WarehouseRow) -> QueryResult<()> {
    let query = diesel::insert_into(warehouses::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Adds a warehouse, unless another one has its code; whether it did.
pub(super) async fn insert_if_free(tx: &mut TenantTx, row: &WarehouseRow) -> DbResult<bool> {
    let query = diesel::insert_into(warehouses::table)
        .values(row.clone())
        .on_conflict_do_nothing();
    Ok(query.execute(tx).await? > 0)
}

/// Changes the warehouse if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: WarehouseId,
    version: i32,
    changes: WarehouseChanges,
) -> QueryResult<Option<WarehouseRow>> {
    let query = diesel::update(warehouses::table.find(id))
        .filter(warehouses::version.eq(version))
        .set((changes, warehouses::version.eq(warehouses::version + 1)))
        .returning(WarehouseRow::as_returning());
    query.get_result(tx).await.optional()
}
