//! SQL of debts by age.

use chrono::{Days, NaiveDate};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{DebtorRow, Sums};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{account_items as items, customers, entry_allocations as parts};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

sort_keys! {
    table: customers, row: DebtorRow,
    field: /// What debtors can be sorted by.
        DebtorOrderField,
    order: /// One sort key of debtors.
        DebtorOrder,
    sort: DebtorSort,
    keys: {
        /// By account code.
        Code => code: String,
        /// By name.
        Name => name: String,
    },
    ties: { Id => id },
    default: Code Asc,
}

/// Customers of whom something was open on the day: it is now, or was settled later.
fn debtors(at: NaiveDate) -> Predicate<customers::table> {
    let there = || {
        items::table
            .filter(items::document_on.le(at))
            .select(items::customer_id)
    };
    let now = there().filter(items::settled_on.is_null());
    let later = there().filter(items::settled_on.gt(at));
    let now = customers::id.eq_any(now);
    Box::new(now.or(customers::id.eq_any(later)).nullable())
}

/// One page of debtors.
pub async fn page(
    tx: &mut TenantTx,
    at: NaiveDate,
    keys: &[(DebtorSort, OrderDirection)],
    request: &PageRequest,
) -> AppResult<Page<DebtorRow>> {
    let filter = Some(debtors(at));
    let page: Page<CustomerRow> =
        load_page!(tx, customers as CustomerRow, filter: filter, keys: keys, page: request);
    let debtor = |row: CustomerRow| DebtorRow {
        id: row.id,
        code: row.code,
        name: row.name,
        at,
    };
    Ok(Page {
        rows: page.rows.into_iter().map(debtor).collect(),
        has_previous: page.has_previous,
        has_next: page.has_next,
    })
}

/// How many debtors there are.
pub async fn count(tx: &mut TenantTx, at: NaiveDate) -> AppResult<i64> {
    Ok(count_rows!(tx, customers, filter: Some(debtors(at))))
}

/// A customer, a job or none, and the sums of both.
pub type Aged = (CustomerId, Option<JobId>, Sums);

/// Sums an expression over debts by age, and over credits.
macro_rules! by_age {
    ($at:expr, $what:expr) => {{
        let (at, ago) = ($at, |days| back($at, days));
        let debt = || items::amount.gt(Decimal::ZERO);
        let due = items::due_on;
        (
            sum($what).aggregate_filter(debt().and(due.ge(at))),
            sum($what).aggregate_filter(debt().and(due.lt(at)).and(due.ge(ago(30)))),
            sum($what).aggregate_filter(debt().and(due.lt(ago(30))).and(due.ge(ago(60)))),
            sum($what).aggregate_filter(debt().and(due.lt(ago(60))).and(due.ge(ago(90)))),
            sum($what).aggregate_filter(debt().and(due.lt(ago(90)))),
            sum($what).aggregate_filter(items::amount.lt(Decimal::ZERO)),
        )
    }};
}

/// What is open now of what was there on the day.
pub async fn open_now(tx: &mut TenantTx, at: NaiveDate, ids: &[CustomerId]) -> DbResult<Vec<Aged>> {
    let query = items::table
        .filter(items::customer_id.eq_any(ids.to_vec()))
        .filter(items::settled_on.is_null())
        .filter(items::document_on.le(at))
        .group_by((items::customer_id, items::job_id))
        .select((
            items::customer_id,
            items::job_id,
            by_age!(at, items::amount - items::allocated),
        ));
    Ok(query.load(tx).await?)
}

/// What was allocated since, of what was there on the day: above zero in all columns.
pub async fn allocated_since(
    tx: &mut TenantTx,
    at: NaiveDate,
    ids: &[CustomerId],
) -> DbResult<Vec<Aged>> {
    let sides = items::entry_id
        .eq(parts::debit_entry_id)
        .or(items::entry_id.eq(parts::credit_entry_id));
    let query = parts::table
        .inner_join(items::table.on(sides))
        .filter(parts::customer_id.eq_any(ids.to_vec()))
        .filter(parts::allocated_on.gt(at))
        .filter(items::document_on.le(at))
        .group_by((items::customer_id, items::job_id))
        .select((
            items::customer_id,
            items::job_id,
            by_age!(at, parts::amount),
        ));
    Ok(query.load(tx).await?)
}

fn back(at: NaiveDate, days: u64) -> NaiveDate {
    at.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDate::MIN)
}
