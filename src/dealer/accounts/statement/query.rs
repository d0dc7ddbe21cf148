//! SQL of statements.

use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{LineRow, Scope};
use crate::db::error::DbResult;
use crate::db::keyset::{
    Compare, OrderDirection, Ordering, Page, PageRequest, Predicate, SortKey, compare_column,
    count_rows, load_page, order_column,
};
use crate::db::tenant_tables::account_entries;
use crate::dealer::accounts::model::EntryRow;
use crate::error::AppResult;
use crate::graphql::filter::all_of;
use crate::graphql::order::CursorValue;
use crate::tenancy::TenantTx;

/// The order of a statement, which is always the same.
pub const KEYS: &[(LineSort, OrderDirection)] = &[
    (LineSort::DocumentOn, OrderDirection::Asc),
    (LineSort::Id, OrderDirection::Asc),
];

/// A column that a statement is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSort {
    /// By the date of the document.
    DocumentOn,
    /// Within a day, in the order in which entries were posted.
    Id,
}

impl SortKey<account_entries::table> for LineSort {
    type Row = LineRow;

    const LIST: &'static str = "statement";

    fn value(&self, row: &LineRow) -> String {
        match self {
            Self::DocumentOn => row.entry.document_on.to_cursor(),
            Self::Id => row.entry.id.uuid().to_cursor(),
        }
    }

    fn compare(&self, how: Compare, value: &str) -> AppResult<Predicate<account_entries::table>> {
        Ok(match self {
            Self::DocumentOn => {
                let value = NaiveDate::from_cursor(value)?;
                compare_column!(account_entries::document_on, how, value)
            }
            Self::Id => {
                let value = Uuid::from_cursor(value)?;
                compare_column!(account_entries::id, how, value)
            }
        })
    }

    fn ordering(&self, direction: OrderDirection) -> Ordering<account_entries::table> {
        match self {
            Self::DocumentOn => order_column!(account_entries::document_on, direction),
            Self::Id => order_column!(account_entries::id, direction),
        }
    }
}

fn of_account(scope: &Scope) -> Vec<Predicate<account_entries::table>> {
    let mut conditions: Vec<Predicate<account_entries::table>> = vec![Box::new(
        account_entries::customer_id.eq(scope.customer).nullable(),
    )];
    if let Some(job) = scope.job {
        conditions.push(Box::new(account_entries::job_id.eq(job)));
    }
    conditions
}

fn within(scope: &Scope) -> Option<Predicate<account_entries::table>> {
    let mut conditions = of_account(scope);
    let days = account_entries::document_on.between(scope.from, scope.to);
    conditions.push(Box::new(days.nullable()));
    all_of(conditions)
}

/// What was owed before the first day, and what after the last.
pub async fn balances(tx: &mut TenantTx, scope: &Scope) -> DbResult<(Decimal, Decimal)> {
    let before = account_entries::document_on.lt(scope.from);
    let until = account_entries::document_on.le(scope.to);
    let mut query = account_entries::table
        .select((
            sum(account_entries::amount).aggregate_filter(before),
            sum(account_entries::amount).aggregate_filter(until),
        ))
        .into_boxed();
    if let Some(condition) = all_of(of_account(scope)) {
        query = query.filter(condition);
    }
    let row: (Option<Decimal>, Option<Decimal>) = query.get_result(tx).await?;
    Ok((row.0.unwrap_or_default(), row.1.unwrap_or_default()))
}

/// One page of lines, with balances, in two statements.
pub async fn page(
    tx: &mut TenantTx,
    scope: &Scope,
    request: &PageRequest,
) -> AppResult<Page<LineRow>> {
    let filter = within(scope);
    let page: Page<EntryRow> =
        load_page!(tx, account_entries as EntryRow, filter: filter, keys: KEYS, page: request);
    let mut balance = match page.rows.as_slice().first() {
        Some(first) => before(tx, scope, first).await?,
        None => Decimal::ZERO,
    };
    let line = |entry: EntryRow| {
        balance += entry.amount;
        LineRow { entry, balance }
    };
    Ok(Page {
        rows: page.rows.into_iter().map(line).collect(),
        has_previous: page.has_previous,
        has_next: page.has_next,
    })
}

/// How many lines there are.
pub async fn count(tx: &mut TenantTx, scope: &Scope) -> AppResult<i64> {
    Ok(count_rows!(tx, account_entries, filter: within(scope)))
}

/// What was owed before an entry.
async fn before(tx: &mut TenantTx, scope: &Scope, entry: &EntryRow) -> DbResult<Decimal> {
    let earlier =
        account_entries::document_on
            .lt(entry.document_on)
            .or(account_entries::document_on
                .eq(entry.document_on)
                .and(account_entries::id.lt(entry.id)));
    let mut query = account_entries::table
        .select(sum(account_entries::amount))
        // Said twice, so that the index ends at the day.
        .filter(account_entries::document_on.le(entry.document_on))
        .filter(earlier)
        .into_boxed();
    if let Some(condition) = all_of(of_account(scope)) {
        query = query.filter(condition);
    }
    let balance: Option<Decimal> = query.get_result(tx).await?;
    Ok(balance.unwrap_or_default())
}
