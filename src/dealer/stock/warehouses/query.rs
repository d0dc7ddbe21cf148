//! SQL of warehouses.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{WarehouseChanges, WarehouseId, WarehouseKind, WarehouseRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{
    deliveries, order_lines, orders, purchase_orders, returns, stock_counts, stock_levels,
    stock_transfers, warehouses,
};
use crate::dealer::deliveries::model::DeliveryState;
use crate::dealer::orders::model::OrderState;
use crate::dealer::purchasing::orders::model::PurchaseOrderState;
use crate::dealer::returns::model::ReturnState;
use crate::dealer::stock::counts::model::StockCountState;
use crate::dealer::stock::transfers::model::TransferState;
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

/// The warehouse, locked against those who share it as well.
pub(super) async fn claim(tx: &mut TenantTx, id: WarehouseId) -> DbResult<Option<WarehouseRow>> {
    let query = warehouses::table
        .find(id)
        .select(WarehouseRow::as_select())
        .for_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// The warehouses with these ids, in the order of those, which nobody archives or makes another
/// kind of place until the COMMIT; others may use them as well. The weakest of locks: who adds
/// what a warehouse never had (`stock::ledger`) takes a stronger one in the same transaction,
/// and of two who share the row neither may have to wait for the other.
pub(super) async fn share(tx: &mut TenantTx, ids: &[WarehouseId]) -> DbResult<Vec<WarehouseRow>> {
    let query = warehouses::table
        .filter(warehouses::id.eq_any(ids.to_vec()))
        .order(warehouses::id)
        .select(WarehouseRow::as_select())
        .for_key_share();
    Ok(query.load(tx).await?)
}

/// As [`share`], those with these codes.
pub(super) async fn share_by_code(
    tx: &mut TenantTx,
    codes: &[String],
) -> DbResult<Vec<WarehouseRow>> {
    let query = warehouses::table
        .filter(warehouses::code.eq_any(codes.to_vec()))
        .order(warehouses::id)
        .select(WarehouseRow::as_select())
        .for_key_share();
    Ok(query.load(tx).await?)
}

/// Whether there is stock on hand, and what else keeps a warehouse in use: goods that are
/// reserved, and open transfers, purchase orders, counts, deliveries, returns and orders. In one
/// statement: goods go from a document to stock at once, and are not missed between the two.
pub(super) async fn in_the_way(tx: &mut TenantTx, id: WarehouseId) -> DbResult<[bool; 8]> {
    let levels = || stock_levels::table.filter(stock_levels::warehouse_id.eq(id));
    let touches = stock_transfers::from_id
        .eq(id)
        .or(stock_transfers::to_id.eq(id))
        .or(stock_transfers::transit_id.assume_not_null().eq(id));
    let query = diesel::select((
        exists(levels().filter(stock_levels::on_hand.ne(Decimal::ZERO))),
        exists(levels().filter(stock_levels::reserved.ne(Decimal::ZERO))),
        exists(
            stock_transfers::table
                .filter(touches)
                .filter(stock_transfers::state.eq_any(TransferState::OPEN.to_vec())),
        ),
        exists(
            purchase_orders::table
                .filter(purchase_orders::warehouse_id.eq(id))
                .filter(purchase_orders::state.eq_any(PurchaseOrderState::OPEN.to_vec())),
        ),
        exists(
            stock_counts::table
                .filter(stock_counts::warehouse_id.eq(id))
                .filter(stock_counts::state.eq(StockCountState::Open)),
        ),
        exists(
            deliveries::table
                .filter(deliveries::warehouse_id.eq(id))
                .filter(deliveries::state.eq_any(DeliveryState::OPEN.to_vec())),
        ),
        exists(
            returns::table
                .filter(returns::warehouse_id.eq(id))
                .filter(returns::state.eq_any(ReturnState::OPEN.to_vec())),
        ),
        exists(
            order_lines::table
                .inner_join(orders::table)
                .filter(order_lines::warehouse_id.assume_not_null().eq(id))
                .filter(orders::state.eq(OrderState::Confirmed))
                .filter(order_lines::quantity.gt(order_lines::cancelled + order_lines::delivered)),
        ),
    ));
    let found: (bool, bool, bool, bool, bool, bool, bool, bool) = query.get_result(tx).await?;
    Ok(found.into())
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

/// The first place in use for goods that are on their way, by code, which nobody archives until
/// the COMMIT.
pub(super) async fn transit(tx: &mut TenantTx) -> DbResult<Option<WarehouseId>> {
    let query = warehouses::table
        .filter(warehouses::kind.eq(WarehouseKind::Transit))
        .filter(warehouses::archived_at.is_null())
        .order(warehouses::code)
        .select(warehouses::id)
        .limit(1)
        .for_key_share();
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
