//! SQL of deliveries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{
    DeliveryChanges, DeliveryId, DeliveryLineRow, DeliveryRow, DeliveryRunId, DeliveryState,
};
use crate::db::error::{DbError, DbResult};
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{deliveries, delivery_lines, order_lines};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::{OrderId, OrderLineRow};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on deliveries.
pub type DeliveryCondition = Predicate<deliveries::table>;

sort_keys! {
    table: deliveries, row: DeliveryRow,
    field: /// What deliveries can be sorted by.
        DeliveryOrderField,
    order: /// One sort key of deliveries.
        DeliveryOrder,
    sort: DeliverySort,
    keys: {
        /// By the day on which they should come.
        PlannedOn => planned_on: NaiveDate,
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: PlannedOn Desc,
}

/// One page of deliveries.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<DeliveryCondition>,
    keys: &[(DeliverySort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<DeliveryRow>> {
    Ok(load_page!(tx, deliveries as DeliveryRow, filter: filter, keys: keys, page: page))
}

/// How many deliveries match.
pub async fn count(tx: &mut TenantTx, filter: Option<DeliveryCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, deliveries, filter: filter))
}

/// The deliveries with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[DeliveryId]) -> DbResult<Vec<DeliveryRow>> {
    let query = deliveries::table
        .filter(deliveries::id.eq_any(ids.to_vec()))
        .select(DeliveryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The deliveries with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<DeliveryRow>> {
    let query = deliveries::table
        .filter(deliveries::number.eq_any(numbers.to_vec()))
        .select(DeliveryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The deliveries of these orders, by number.
pub async fn find_many_of_orders(tx: &mut TenantTx, ids: &[OrderId]) -> DbResult<Vec<DeliveryRow>> {
    let query = deliveries::table
        .filter(deliveries::order_id.eq_any(ids.to_vec()))
        .order((deliveries::order_id, deliveries::number))
        .select(DeliveryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The deliveries of these runs, in the order of their stops.
pub async fn find_many_of_runs(
    tx: &mut TenantTx,
    ids: &[DeliveryRunId],
) -> DbResult<Vec<DeliveryRow>> {
    let query = deliveries::table
        .filter(deliveries::run_id.eq_any(ids.to_vec()))
        .order((deliveries::run_id, deliveries::stop, deliveries::number))
        .select(DeliveryRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these deliveries, in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[DeliveryId]) -> DbResult<Vec<DeliveryLineRow>> {
    let query = delivery_lines::table
        .filter(delivery_lines::delivery_id.eq_any(ids.to_vec()))
        .order((delivery_lines::delivery_id, delivery_lines::position))
        .select(DeliveryLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of those of these deliveries that are delivered, in their order: what can be
/// billed, with what was handed over and what it had cost.
pub async fn lines_to_bill(
    tx: &mut TenantTx,
    ids: &[DeliveryId],
) -> AppResult<Vec<DeliveryLineRow>> {
    let query = delivery_lines::table
        .inner_join(deliveries::table)
        .filter(deliveries::id.eq_any(ids.to_vec()))
        .filter(deliveries::state.eq(DeliveryState::Delivered))
        .order((delivery_lines::delivery_id, delivery_lines::position))
        .select(DeliveryLineRow::as_select());
    Ok(query.load(tx).await.map_err(DbError::from)?)
}

/// What is on its way to these customers: for which job, how much, and of which line of an
/// order.
pub(super) async fn on_the_way(
    tx: &mut TenantTx,
    customers: &[CustomerId],
) -> DbResult<Vec<(CustomerId, Option<JobId>, Decimal, OrderLineRow)>> {
    let query = delivery_lines::table
        .inner_join(deliveries::table)
        .inner_join(order_lines::table)
        .filter(deliveries::customer_id.eq_any(customers.to_vec()))
        .filter(deliveries::state.eq(DeliveryState::Dispatched))
        .select((
            deliveries::customer_id,
            deliveries::job_id,
            delivery_lines::quantity,
            OrderLineRow::as_select(),
        ));
    Ok(query.load(tx).await?)
}

/// These deliveries, in the order of their ids, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, ids: &[DeliveryId]) -> DbResult<Vec<DeliveryRow>> {
    let query = deliveries::table
        .filter(deliveries::id.eq_any(ids.to_vec()))
        .order(deliveries::id)
        .select(DeliveryRow::as_select())
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// The place behind the last stop of a run.
pub(super) async fn next_stop(tx: &mut TenantTx, run: DeliveryRunId) -> DbResult<i32> {
    let query = deliveries::table
        .filter(deliveries::run_id.eq(run))
        .select(max(deliveries::stop));
    let last: Option<i32> = query.get_result(tx).await?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

/// Adds a delivery with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &DeliveryRow,
    lines: &[DeliveryLineRow],
) -> DbResult<()> {
    let query = diesel::insert_into(deliveries::table).values(row.clone());
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

async fn insert_lines(tx: &mut TenantTx, lines: &[DeliveryLineRow]) -> DbResult<()> {
    let query = diesel::insert_into(delivery_lines::table).values(lines.to_vec());
    query.execute(tx).await?;
    Ok(())
}

/// Puts other lines in the place of those of a delivery that is locked.
pub(super) async fn replace_lines(
    tx: &mut TenantTx,
    id: DeliveryId,
    lines: &[DeliveryLineRow],
) -> DbResult<()> {
    let query = diesel::delete(delivery_lines::table).filter(delivery_lines::delivery_id.eq(id));
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

/// Changes deliveries that are locked, all of them in the same way.
pub(super) async fn update(
    tx: &mut TenantTx,
    ids: &[DeliveryId],
    changes: DeliveryChanges,
) -> DbResult<Vec<DeliveryRow>> {
    let query = diesel::update(deliveries::table)
        .filter(deliveries::id.eq_any(ids.to_vec()))
        .set((changes, deliveries::version.eq(deliveries::version + 1)))
        .returning(DeliveryRow::as_returning());
    Ok(query.load(tx).await?)
}

/// Writes on which run and at which stop deliveries are that are locked, and when they should
/// come, each as one more version.
pub(super) async fn place(tx: &mut TenantTx, rows: Vec<DeliveryRow>) -> DbResult<()> {
    let query = diesel::insert_into(deliveries::table)
        .values(rows)
        .on_conflict(deliveries::id)
        .do_update()
        .set((
            deliveries::run_id.eq(excluded(deliveries::run_id)),
            deliveries::stop.eq(excluded(deliveries::stop)),
            deliveries::planned_on.eq(excluded(deliveries::planned_on)),
            deliveries::version.eq(excluded(deliveries::version)),
            deliveries::updated_at.eq(excluded(deliveries::updated_at)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Writes what became of lines, whose deliveries are locked.
pub(super) async fn store_lines(tx: &mut TenantTx, lines: Vec<DeliveryLineRow>) -> DbResult<()> {
    let query = diesel::insert_into(delivery_lines::table)
        .values(lines)
        .on_conflict(delivery_lines::id)
        .do_update()
        .set((
            delivery_lines::delivered.eq(excluded(delivery_lines::delivered)),
            delivery_lines::weight.eq(excluded(delivery_lines::weight)),
            delivery_lines::cost.eq(excluded(delivery_lines::cost)),
        ));
    query.execute(tx).await?;
    Ok(())
}
