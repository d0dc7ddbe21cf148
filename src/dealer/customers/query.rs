//! SQL of customers and jobs.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{CustomerId, CustomerRow, JobId, JobRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{customers, jobs};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on customers.
pub type CustomerCondition = Predicate<customers::table>;

sort_keys! {
    table: customers, row: CustomerRow,
    field: /// What customers can be sorted by.
        CustomerOrderField,
    order: /// One sort key of customers.
        CustomerOrder,
    sort: CustomerSort,
    keys: {
        /// By account code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Name Asc,
}

/// One page of customers.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<CustomerCondition>,
    keys: &[(CustomerSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<CustomerRow>> {
    Ok(load_page!(tx, customers as CustomerRow, filter: filter, keys: keys, page: page))
}

/// How many customers match.
pub async fn count(tx: &mut TenantTx, filter: Option<CustomerCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, customers, filter: filter))
}

/// The customers with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[CustomerId]) -> DbResult<Vec<CustomerRow>> {
    let query = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// The customers with these codes.
pub async fn find_many_by_code(tx: &mut TenantTx, codes: &[String]) -> DbResult<Vec<CustomerRow>> {
    let query = customers::table
        .filter(customers::code.eq_any(codes.to_vec()))
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// The jobs with these ids.
pub async fn find_jobs(tx: &mut TenantTx, ids: &[JobId]) -> DbResult<Vec<JobRow>> {
    let query = jobs::table
        .filter(jobs::id.eq_any(ids.to_vec()))
        .select(JobRow::as_select());
    Ok(query.load(tx).await?)
}

/// The jobs of these customers, by code.
pub async fn find_jobs_by_customers(
    tx: &mut TenantTx,
    ids: &[CustomerId],
) -> DbResult<Vec<JobRow>> {
    let query = jobs::table
        .filter(jobs::customer_id.eq_any(ids.to_vec()))
        .order((jobs::customer_id, jobs::code))
        .select(JobRow::as_select());
    Ok(query.load(tx).await?)
}

/// Customers that are not archived, in the order of their ids behind `after`.
pub async fn sheet(
    tx: &mut TenantTx,
    after: Option<CustomerId>,
    most: i64,
) -> DbResult<Vec<CustomerRow>> {
    let after = after.unwrap_or(CustomerId::from_uuid(uuid::Uuid::nil()));
    let query = customers::table
        .filter(customers::id.gt(after))
        .filter(customers::archived_at.is_null())
        .order(customers::id)
        .limit(most)
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds customers.
pub async fn insert_many(tx: &mut TenantTx, rows: Vec<CustomerRow>) -> DbResult<()> {
    let query = diesel::insert_into(customers::table).values(rows);
    query.execute(tx).await?;
    Ok(())
}

/// Adds jobs.
pub async fn insert_jobs(tx: &mut TenantTx, rows: Vec<JobRow>) -> DbResult<()> {
    let query = diesel::insert_into(jobs::table).values(rows);
    query.execute(tx).await?;
    Ok(())
}
