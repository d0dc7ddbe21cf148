//! SQL of goods receipts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{GoodsReceiptId, GoodsReceiptLineRow, GoodsReceiptRow, LandedCostRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{goods_receipt_costs, goods_receipt_lines, goods_receipts};
use crate::dealer::purchasing::orders::model::PurchaseOrderId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on goods receipts.
pub type GoodsReceiptCondition = Predicate<goods_receipts::table>;

sort_keys! {
    table: goods_receipts, row: GoodsReceiptRow,
    field: /// What goods receipts can be sorted by.
        GoodsReceiptOrderField,
    order: /// One sort key of goods receipts.
        GoodsReceiptOrder,
    sort: GoodsReceiptSort,
    keys: {
        /// By the time the goods came.
        ReceivedAt => received_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: ReceivedAt Desc,
}

/// One page of goods receipts.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<GoodsReceiptCondition>,
    keys: &[(GoodsReceiptSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<GoodsReceiptRow>> {
    Ok(load_page!(tx, goods_receipts as GoodsReceiptRow, filter: filter, keys: keys, page: page))
}

/// How many goods receipts match.
pub async fn count(tx: &mut TenantTx, filter: Option<GoodsReceiptCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, goods_receipts, filter: filter))
}

/// The goods receipts with these ids.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: &[GoodsReceiptId],
) -> DbResult<Vec<GoodsReceiptRow>> {
    let query = goods_receipts::table
        .filter(goods_receipts::id.eq_any(ids.to_vec()))
        .select(GoodsReceiptRow::as_select());
    Ok(query.load(tx).await?)
}

/// The goods receipts with these numbers.
pub async fn find_many_by_number(
    tx: &mut TenantTx,
    numbers: &[i64],
) -> DbResult<Vec<GoodsReceiptRow>> {
    let query = goods_receipts::table
        .filter(goods_receipts::number.eq_any(numbers.to_vec()))
        .select(GoodsReceiptRow::as_select());
    Ok(query.load(tx).await?)
}

/// What has come of these orders, by number.
pub async fn find_by_orders(
    tx: &mut TenantTx,
    ids: &[PurchaseOrderId],
) -> DbResult<Vec<GoodsReceiptRow>> {
    let query = goods_receipts::table
        .filter(goods_receipts::order_id.eq_any(ids.to_vec()))
        .order((goods_receipts::order_id, goods_receipts::number))
        .select(GoodsReceiptRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these receipts, in their order.
pub async fn find_lines(
    tx: &mut TenantTx,
    ids: &[GoodsReceiptId],
) -> DbResult<Vec<GoodsReceiptLineRow>> {
    let query = goods_receipt_lines::table
        .filter(goods_receipt_lines::receipt_id.eq_any(ids.to_vec()))
        .order((
            goods_receipt_lines::receipt_id,
            goods_receipt_lines::position,
        ))
        .select(GoodsReceiptLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// What it has cost to bring the goods of these receipts in.
pub async fn find_costs(tx: &mut TenantTx, ids: &[GoodsReceiptId]) -> DbResult<Vec<LandedCostRow>> {
    let query = goods_receipt_costs::table
        .filter(goods_receipt_costs::receipt_id.eq_any(ids.to_vec()))
        .order((
            goods_receipt_costs::receipt_id,
            goods_receipt_costs::position,
        ))
        .select(LandedCostRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds a receipt with its lines and costs.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &GoodsReceiptRow,
    (lines, costs): (Vec<GoodsReceiptLineRow>, Vec<LandedCostRow>),
) -> DbResult<()> {
    let query = diesel::insert_into(goods_receipts::table).values(row.clone());
    query.execute(tx).await?;
    let query = diesel::insert_into(goods_receipt_lines::table).values(lines);
    query.execute(tx).await?;
    if !costs.is_empty() {
        let query = diesel::insert_into(goods_receipt_costs::table).values(costs);
        query.execute(tx).await?;
    }
    Ok(())
}
