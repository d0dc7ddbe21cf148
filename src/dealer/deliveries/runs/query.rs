//! SQL of runs.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{DeliveryRunChanges, DeliveryRunRow, DeliveryRunState};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::delivery_runs;
use crate::dealer::deliveries::model::DeliveryRunId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::kernel::ids::UserId;
use crate::tenancy::TenantTx;

/// A condition on runs.
pub type DeliveryRunCondition = Predicate<delivery_runs::table>;

sort_keys! {
    table: delivery_runs, row: DeliveryRunRow,
    field: /// What runs can be sorted by.
        DeliveryRunOrderField,
    order: /// One sort key of runs.
        DeliveryRunOrder,
    sort: DeliveryRunSort,
    keys: {
        /// By their day.
        RunsOn => runs_on: NaiveDate,
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: RunsOn Desc,
}

/// One page of runs.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<DeliveryRunCondition>,
    keys: &[(DeliveryRunSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<DeliveryRunRow>> {
    Ok(load_page!(tx, delivery_runs as DeliveryRunRow, filter: filter, keys: keys, page: page))
}

/// How many runs match.
pub async fn count(tx: &mut TenantTx, filter: Option<DeliveryRunCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, delivery_runs, filter: filter))
}

/// The runs with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[DeliveryRunId]) -> DbResult<Vec<DeliveryRunRow>> {
    let query = delivery_runs::table
        .filter(delivery_runs::id.eq_any(ids.to_vec()))
        .select(DeliveryRunRow::as_select());
    Ok(query.load(tx).await?)
}

/// The runs with these numbers.
pub async fn find_many_by_number(
    tx: &mut TenantTx,
    numbers: &[i64],
) -> DbResult<Vec<DeliveryRunRow>> {
    let query = delivery_runs::table
        .filter(delivery_runs::number.eq_any(numbers.to_vec()))
        .select(DeliveryRunRow::as_select());
    Ok(query.load(tx).await?)
}

/// What somebody drives on a day, by number; what was given up left out.
pub(super) async fn of_driver(
    tx: &mut TenantTx,
    driver: UserId,
    day: NaiveDate,
) -> DbResult<Vec<DeliveryRunRow>> {
    let query = delivery_runs::table
        .filter(delivery_runs::runs_on.eq(day))
        .filter(delivery_runs::driver.eq(driver))
        .filter(delivery_runs::state.ne(DeliveryRunState::Cancelled))
        .order(delivery_runs::number)
        .select(DeliveryRunRow::as_select());
    Ok(query.load(tx).await?)
}

/// The run, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, id: DeliveryRunId) -> DbResult<Option<DeliveryRunRow>> {
    let query = delivery_runs::table
        .find(id)
        .select(DeliveryRunRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a run.
pub(super) async fn insert(tx: &mut TenantTx, row: &DeliveryRunRow) -> DbResult<()> {
    let query = diesel::insert_into(delivery_runs::table).values(row.clone());
    query.execute(tx).await?;
    Ok(())
}

/// Changes a run that is locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: DeliveryRunId,
    changes: DeliveryRunChanges,
) -> DbResult<DeliveryRunRow> {
    let query = diesel::update(delivery_runs::table.find(id))
        .set((
            changes,
            delivery_runs::version.eq(delivery_runs::version + 1),
        ))
        .returning(DeliveryRunRow::as_returning());
    Ok(query.get_result(tx).await?)
}
