//! SQL of reservations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{ReservationId, ReservationRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::stock_reservations;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on reservations.
pub type StockReservationCondition = Predicate<stock_reservations::table>;

sort_keys! {
    table: stock_reservations, row: ReservationRow,
    field: /// What reservations can be sorted by.
        StockReservationOrderField,
    order: /// One sort key of reservations.
        StockReservationOrder,
    sort: StockReservationSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Asc,
}

/// One page of reservations.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<StockReservationCondition>,
    keys: &[(StockReservationSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<ReservationRow>> {
    Ok(load_page!(tx, stock_reservations as ReservationRow, filter: filter, keys: keys, page: page))
}

/// How many reservations match.
pub async fn count(tx: &mut TenantTx, filter: Option<StockReservationCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, stock_reservations, filter: filter))
}

/// The reservations with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[ReservationId]) -> DbResult<Vec<ReservationRow>> {
    let query = stock_reservations::table
        .filter(stock_reservations::id.eq_any(ids.to_vec()))
        .select(ReservationRow::as_select());
    Ok(query.load(tx).await?)
}

/// What is or was promised to these documents, in the order of ids.
pub(super) async fn of_sources(
    tx: &mut TenantTx,
    sources: &[Uuid],
) -> DbResult<Vec<ReservationRow>> {
    let query = stock_reservations::table
        .filter(stock_reservations::source_id.eq_any(sources.to_vec()))
        .order(stock_reservations::id)
        .select(ReservationRow::as_select());
    Ok(query.load(tx).await?)
}

/// What is promised to these documents and still open, in the order of ids.
pub(super) async fn open_of(tx: &mut TenantTx, sources: &[Uuid]) -> DbResult<Vec<ReservationRow>> {
    let query = stock_reservations::table
        .filter(stock_reservations::source_id.eq_any(sources.to_vec()))
        .filter(stock_reservations::open.gt(Decimal::ZERO))
        .order(stock_reservations::id)
        .select(ReservationRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds reservations.
pub(super) async fn insert(tx: &mut TenantTx, rows: &[ReservationRow]) -> DbResult<()> {
    let query = diesel::insert_into(stock_reservations::table).values(rows.to_vec());
    query.execute(tx).await?;
    Ok(())
}

/// Writes what of reservations is open, whose levels are locked.
pub(super) async fn store(tx: &mut TenantTx, rows: Vec<ReservationRow>) -> DbResult<()> {
    let query = diesel::insert_into(stock_reservations::table)
        .values(rows)
        .on_conflict(stock_reservations::id)
        .do_update()
        .set((
            stock_reservations::open.eq(excluded(stock_reservations::open)),
            stock_reservations::version.eq(excluded(stock_reservations::version)),
            stock_reservations::updated_at.eq(excluded(stock_reservations::updated_at)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Closes reservations of a document, whose levels are locked.
pub(super) async fn close(
    tx: &mut TenantTx,
    source: Uuid,
    now: DateTime<Utc>,
) -> DbResult<Vec<ReservationRow>> {
    let query = diesel::update(stock_reservations::table)
        .filter(stock_reservations::source_id.eq(source))
        .filter(stock_reservations::open.gt(Decimal::ZERO))
        .set((
            stock_reservations::open.eq(Decimal::ZERO),
            stock_reservations::version.eq(stock_reservations::version + 1),
            stock_reservations::updated_at.eq(now),
        ))
        .returning(ReservationRow::as_returning());
    Ok(query.load(tx).await?)
}
