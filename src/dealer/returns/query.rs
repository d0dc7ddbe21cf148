//! SQL of returns.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{ReturnChanges, ReturnId, ReturnLineRow, ReturnRow, ReturnState};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{delivery_lines, return_lines, returns};
use crate::dealer::orders::model::OrderLineId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on returns.
pub type ReturnCondition = Predicate<returns::table>;

sort_keys! {
    table: returns, row: ReturnRow,
    field: /// What returns can be sorted by.
        ReturnOrderField,
    order: /// One sort key of returns.
        ReturnOrder,
    sort: ReturnSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of returns.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<ReturnCondition>,
    keys: &[(ReturnSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<ReturnRow>> {
    Ok(load_page!(tx, returns as ReturnRow, filter: filter, keys: keys, page: page))
}

/// How many returns match.
pub async fn count(tx: &mut TenantTx, filter: Option<ReturnCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, returns, filter: filter))
}

/// The returns with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[ReturnId]) -> DbResult<Vec<ReturnRow>> {
    let query = returns::table
        .filter(returns::id.eq_any(ids.to_vec()))
        .select(ReturnRow::as_select());
    Ok(query.load(tx).await?)
}

/// The returns with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<ReturnRow>> {
    let query = returns::table
        .filter(returns::number.eq_any(numbers.to_vec()))
        .select(ReturnRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of returns, each return's in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[ReturnId]) -> DbResult<Vec<ReturnLineRow>> {
    let query = return_lines::table
        .filter(return_lines::return_id.eq_any(ids.to_vec()))
        .order((return_lines::return_id, return_lines::position))
        .select(ReturnLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// What of lines of orders is on its way back, in base units. Their orders are locked.
pub(super) async fn on_the_way(
    tx: &mut TenantTx,
    lines: &[OrderLineId],
) -> DbResult<HashMap<OrderLineId, Decimal>> {
    let query = return_lines::table
        .inner_join(returns::table)
        .filter(return_lines::order_line_id.eq_any(lines.to_vec()))
        .filter(returns::state.eq_any(ReturnState::OPEN))
        .group_by(return_lines::order_line_id)
        .select((return_lines::order_line_id, sum(return_lines::quantity)));
    let rows: Vec<(OrderLineId, Option<Decimal>)> = query.load(tx).await?;
    let sums = rows.into_iter();
    Ok(sums
        .map(|(line, sum)| (line, sum.unwrap_or_default()))
        .collect())
}

/// How much of lines of orders was handed over and what that had cost, where it is known.
pub(super) async fn costs(
    tx: &mut TenantTx,
    lines: &[OrderLineId],
) -> DbResult<HashMap<OrderLineId, (Decimal, Decimal)>> {
    let query = delivery_lines::table
        .filter(delivery_lines::order_line_id.eq_any(lines.to_vec()))
        .filter(delivery_lines::delivered.gt(Decimal::ZERO))
        .filter(delivery_lines::cost.is_not_null())
        .group_by(delivery_lines::order_line_id)
        .select((
            delivery_lines::order_line_id,
            sum(delivery_lines::delivered),
            sum(delivery_lines::cost),
        ));
    let rows: Vec<(OrderLineId, Option<Decimal>, Option<Decimal>)> = query.load(tx).await?;
    let known = |(line, delivered, cost): (_, Option<_>, Option<_>)| {
        delivered.zip(cost).map(|pair| (line, pair))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The return, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, id: ReturnId) -> DbResult<Option<ReturnRow>> {
    let query = returns::table
        .find(id)
        .select(ReturnRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a return with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &ReturnRow,
    lines: Vec<ReturnLineRow>,
) -> DbResult<()> {
    let query = diesel::insert_into(returns::table).values(row.clone());
    query.execute(tx).await?;
    let query = diesel::insert_into(return_lines::table).values(lines);
    query.execute(tx).await?;
    Ok(())
}

/// Changes a return that is locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: ReturnId,
    changes: ReturnChanges,
) -> DbResult<ReturnRow> {
    let query = diesel::update(returns::table.find(id))
        .set((changes, returns::version.eq(returns::version + 1)))
        .returning(ReturnRow::as_returning());
    Ok(query.get_result(tx).await?)
}

/// Writes what came of lines, and their fees; their return is locked.
pub(super) async fn store_lines(tx: &mut TenantTx, lines: &[ReturnLineRow]) -> DbResult<()> {
    let query = diesel::insert_into(return_lines::table)
        .values(lines.to_vec())
        .on_conflict(return_lines::id)
        .do_update()
        .set((
            return_lines::resaleable.eq(excluded(return_lines::resaleable)),
            return_lines::spoilt.eq(excluded(return_lines::spoilt)),
            return_lines::restocking_fee.eq(excluded(return_lines::restocking_fee)),
        ));
    query.execute(tx).await?;
    Ok(())
}
