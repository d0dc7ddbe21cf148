//! SQL of accounts.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, select, sum};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{AllocationId, AllocationRow, EntryId, EntryKind, EntryRow, ItemRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{account_entries, account_items, entry_allocations};
use crate::dealer::calendar::{date, timezone};
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on entries.
pub type EntryCondition = Predicate<account_entries::table>;

sort_keys! {
    table: account_entries, row: EntryRow,
    field: /// What entries can be sorted by.
        AccountEntryOrderField,
    order: /// One sort key of entries.
        AccountEntryOrder,
    sort: EntrySort,
    keys: {
        /// By the date of the document.
        DocumentOn => document_on: NaiveDate,
        /// By the date until which it is to be paid.
        DueOn => due_on: NaiveDate,
        /// By the time at which it was posted.
        PostedAt => posted_at: DateTime<Utc>,
        /// By the amount.
        Amount => amount: Decimal,
    },
    ties: { Id => id },
    default: Id Desc,
}

/// One page of entries.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<EntryCondition>,
    keys: &[(EntrySort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<EntryRow>> {
    Ok(load_page!(tx, account_entries as EntryRow, filter: filter, keys: keys, page: page))
}

/// How many entries match.
pub async fn count(tx: &mut TenantTx, filter: Option<EntryCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, account_entries, filter: filter))
}

/// Entries of which something is open (true), or nothing is (false).
pub fn is_open(open: bool) -> EntryCondition {
    let open_items = account_items::table
        .filter(account_items::settled_on.is_null())
        .select(account_items::entry_id);
    if open {
        Box::new(account_entries::id.eq_any(open_items).nullable())
    } else {
        Box::new(account_entries::id.ne_all(open_items).nullable())
    }
}

/// The entries with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[EntryId]) -> DbResult<Vec<EntryRow>> {
    let query = account_entries::table
        .filter(account_entries::id.eq_any(ids.to_vec()))
        .select(EntryRow::as_select());
    Ok(query.load(tx).await?)
}

/// What of these entries is settled.
pub async fn find_items(tx: &mut TenantTx, ids: &[EntryId]) -> DbResult<Vec<ItemRow>> {
    let query = account_items::table
        .filter(account_items::entry_id.eq_any(ids.to_vec()))
        .select(ItemRow::as_select());
    Ok(query.load(tx).await?)
}

/// As [`find_items`], locked in the order of their ids.
pub async fn lock_items(tx: &mut TenantTx, ids: &[EntryId]) -> DbResult<Vec<ItemRow>> {
    let query = account_items::table
        .filter(account_items::entry_id.eq_any(ids.to_vec()))
        .order(account_items::entry_id)
        .select(ItemRow::as_select())
        .for_update();
    Ok(query.load(tx).await?)
}

/// Open debts of a customer, of one job if one is named, the longest due first.
pub async fn open_debts(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
    most: i64,
) -> DbResult<Vec<ItemRow>> {
    let mut query = account_items::table
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.gt(Decimal::ZERO))
        .order((account_items::due_on, account_items::entry_id))
        .limit(most)
        .select(ItemRow::as_select())
        .into_boxed();
    if let Some(job) = job {
        query = query.filter(account_items::job_id.eq(job));
    }
    Ok(query.load(tx).await?)
}

/// Open credits of a customer, of one job if one is named, the oldest first.
pub async fn open_credits(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<Vec<ItemRow>> {
    let mut query = account_items::table
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.lt(Decimal::ZERO))
        .order((account_items::document_on, account_items::entry_id))
        .select(ItemRow::as_select())
        .into_boxed();
    if let Some(job) = job {
        query = query.filter(account_items::job_id.eq(job));
    }
    Ok(query.load(tx).await?)
}

/// The entries that were posted for these documents.
pub async fn find_by_source(
    tx: &mut TenantTx,
    kind: EntryKind,
    sources: &[Uuid],
) -> DbResult<Vec<EntryRow>> {
    let query = account_entries::table
        .filter(account_entries::kind.eq(kind))
        .filter(account_entries::source_id.eq_any(sources.to_vec()))
        .select(EntryRow::as_select());
    Ok(query.load(tx).await?)
}

/// Whether something of a customer, or of one of its jobs, is open.
pub async fn is_any_open(
    tx: &mut TenantTx,
    customer: CustomerId,
    job: Option<JobId>,
) -> DbResult<bool> {
    let open = account_items::table
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null());
    Ok(match job {
        Some(job) => {
            let of_job = open.filter(account_items::job_id.eq(job));
            select(exists(of_job)).get_result(tx).await?
        }
        None => select(exists(open)).get_result(tx).await?,
    })
}

/// What is open of a customer, as [`OpenRow`] has it.
pub async fn open_of(tx: &mut TenantTx, customer: CustomerId, job: JobId) -> DbResult<OpenRow> {
    let (zone, now) = (tx.context().dealer().timezone.clone(), tx.now());
    let open = || sum(account_items::amount - account_items::allocated);
    let of_job = || account_items::job_id.eq(job).assume_not_null();
    let debit = || account_items::amount.gt(Decimal::ZERO);
    let credit = || account_items::amount.lt(Decimal::ZERO);
    let query = account_items::table
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null())
        .select((
            open().aggregate_filter(debit()),
            open().aggregate_filter(credit()),
            open().aggregate_filter(debit().and(of_job())),
            open().aggregate_filter(credit().and(of_job())),
            diesel::dsl::min(account_items::due_on).aggregate_filter(debit()),
            date(timezone(zone, now)),
        ));
    Ok(query.get_result(tx).await?)
}

/// Debts and credits of a customer, the same of one job, when the oldest debt is due, and
/// the day it is where the dealer is.
pub type OpenRow = (
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<Decimal>,
    Option<NaiveDate>,
    NaiveDate,
);

/// Adds entries, nothing of which is settled.
pub async fn insert_entries(tx: &mut TenantTx, rows: &[EntryRow]) -> QueryResult<()> {
    let items: Vec<ItemRow> = rows.iter().map(ItemRow::from).collect();
    let entries = diesel::insert_into(account_entries::table).values(rows.to_vec());
    entries.execute(tx).await?;
    let items = diesel::insert_into(account_items::table).values(items);
    items.execute(tx).await.map(|_rows| ())
}

/// Writes how much of these entries is settled, in one statement.
pub async fn settle_items(tx: &mut TenantTx, rows: Vec<ItemRow>) -> DbResult<()> {
    let query = diesel::insert_into(account_items::table)
        .values(rows)
        .on_conflict(account_items::entry_id)
        .do_update()
        .set((
            account_items::allocated.eq(excluded(account_items::allocated)),
            account_items::settled_on.eq(excluded(account_items::settled_on)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Adds allocations.
pub async fn insert_allocations(tx: &mut TenantTx, rows: Vec<AllocationRow>) -> QueryResult<()> {
    let query = diesel::insert_into(entry_allocations::table).values(rows);
    query.execute(tx).await.map(|_rows| ())
}

/// The allocation with this id.
pub async fn find_allocation(
    tx: &mut TenantTx,
    id: AllocationId,
) -> DbResult<Option<AllocationRow>> {
    let query = entry_allocations::table
        .find(id)
        .select(AllocationRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// The allocations that these entries are on either side of, oldest first, `most` at most.
pub async fn find_allocations(
    tx: &mut TenantTx,
    ids: &[EntryId],
    most: i64,
) -> DbResult<Vec<AllocationRow>> {
    let (credit, debit) = (
        entry_allocations::credit_entry_id.eq_any(ids.to_vec()),
        entry_allocations::debit_entry_id.eq_any(ids.to_vec()),
    );
    let query = entry_allocations::table
        .filter(credit.or(debit))
        .order(entry_allocations::id)
        .limit(most)
        .select(AllocationRow::as_select());
    Ok(query.load(tx).await?)
}
