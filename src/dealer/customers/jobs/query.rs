//! SQL of jobs.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{JobChanges, JobId, JobRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::jobs;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on jobs.
pub type JobCondition = Predicate<jobs::table>;

sort_keys! {
    table: jobs, row: JobRow,
    field: /// What jobs can be sorted by.
        JobOrderField,
    order: /// One sort key of jobs.
        JobOrder,
    sort: JobSort,
    keys: {
        /// By code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Customer => customer_id, Id => id },
    default: Customer Asc,
}

/// One page of jobs.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<JobCondition>,
    keys: &[(JobSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<JobRow>> {
    Ok(load_page!(tx, jobs as JobRow, filter: filter, keys: keys, page: page))
}

/// How many jobs match.
pub async fn count(tx: &mut TenantTx, filter: Option<JobCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, jobs, filter: filter))
}

/// The jobs with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[JobId]) -> DbResult<Vec<JobRow>> {
    let query = jobs::table
        .filter(jobs::id.eq_any(ids.to_vec()))
        .select(JobRow::as_select());
    Ok(query.load(tx).await?)
}

/// The jobs of these customers, by code.
pub async fn find_by_customers(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<JobRow>> {
    let query = jobs::table
        .filter(jobs::customer_id.eq_any(ids.to_vec()))
        .order((jobs::customer_id, jobs::code))
        .select(JobRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds jobs.
pub async fn insert_many(tx: &mut TenantTx, rows: Vec<JobRow>) -> QueryResult<()> {
    let query = diesel::insert_into(jobs::table).values(rows);
    query.execute(tx).await.map(|_rows| ())
}

/// Changes the job if it still has this version.
pub async fn update(
    tx: &mut TenantTx,
    id: JobId,
    version: i32,
    changes: JobChanges,
) -> QueryResult<Option<JobRow>> {
    let query = diesel::update(jobs::table.find(id))
        .filter(jobs::version.eq(version))
        .set((changes, jobs::version.eq(jobs::version + 1)))
        .returning(JobRow::as_returning());
    query.get_result(tx).await.optional()
}
