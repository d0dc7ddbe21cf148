//! SQL of payments.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{PaymentChanges, PaymentDirection, PaymentId, PaymentRow, PaymentState};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{account_items, orders, payments};
use crate::dealer::accounts::model::EntryId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::{OrderId, OrderState};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on payments.
pub type PaymentCondition = Predicate<payments::table>;

sort_keys! {
    table: payments, row: PaymentRow,
    field: /// What payments can be sorted by.
        PaymentOrderField,
    order: /// One sort key of payments.
        PaymentOrder,
    sort: PaymentSort,
    keys: {
        /// By the time at which they were recorded.
        CreatedAt => created_at: DateTime<Utc>,
        /// By the day on which they were paid.
        PaidOn => paid_on: NaiveDate,
        /// By the amount.
        Amount => amount: Decimal,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of payments.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<PaymentCondition>,
    keys: &[(PaymentSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<PaymentRow>> {
    Ok(load_page!(tx, payments as PaymentRow, filter: filter, keys: keys, page: page))
}

/// How many payments match.
pub async fn count(tx: &mut TenantTx, filter: Option<PaymentCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, payments, filter: filter))
}

/// Payments of which something is not allocated (true), or nothing is (false).
pub fn is_unallocated(unallocated: bool) -> PaymentCondition {
    let open = account_items::table
        .filter(account_items::settled_on.is_null())
        .select(account_items::entry_id);
    if unallocated {
        Box::new(payments::entry_id.eq_any(open).nullable())
    } else {
        Box::new(payments::entry_id.ne_all(open).nullable())
    }
}

/// The payments with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[PaymentId]) -> DbResult<Vec<PaymentRow>> {
    let query = payments::table
        .filter(payments::id.eq_any(ids.to_vec()))
        .select(PaymentRow::as_select());
    Ok(query.load(tx).await?)
}

/// The payments with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<PaymentRow>> {
    let query = payments::table
        .filter(payments::number.eq_any(numbers.to_vec()))
        .select(PaymentRow::as_select());
    Ok(query.load(tx).await?)
}

/// The payment, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, id: PaymentId) -> DbResult<Option<PaymentRow>> {
    let query = payments::table
        .find(id)
        .select(PaymentRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds a payment.
pub(super) async fn insert(tx: &mut TenantTx, row: &PaymentRow) -> QueryResult<()> {
    let query = diesel::insert_into(payments::table).values(row.clone());
    query.execute(tx).await.map(|_rows| ())
}

/// Changes a payment that is locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: PaymentId,
    changes: PaymentChanges,
) -> DbResult<PaymentRow> {
    let query = diesel::update(payments::table.find(id))
        .set((changes, payments::version.eq(payments::version + 1)))
        .returning(PaymentRow::as_returning());
    Ok(query.get_result(tx).await?)
}

/// Whose order this is, for which job, and where it stands.
pub(super) async fn buyer_of(
    tx: &mut TenantTx,
    id: OrderId,
) -> DbResult<Option<(CustomerId, Option<JobId>, OrderState)>> {
    let query = orders::table
        .find(id)
        .select((orders::customer_id, orders::job_id, orders::state));
    Ok(query.get_result(tx).await.optional()?)
}

/// Entries of deposits for these orders of which something is open, the first paid first.
pub(super) async fn open_deposits(tx: &mut TenantTx, orders: &[OrderId]) -> DbResult<Vec<EntryId>> {
    let query = payments::table
        .filter(payments::order_id.eq_any(orders.to_vec()))
        .filter(payments::state.ne(PaymentState::Reversed))
        .filter(payments::direction.eq(PaymentDirection::In))
        .filter(is_unallocated(true))
        .order((payments::paid_on, payments::id))
        .select(payments::entry_id);
    Ok(query.load(tx).await?)
}

/// Which of these entries are deposits for an order.
pub(super) async fn deposits_among(
    tx: &mut TenantTx,
    entries: &[EntryId],
) -> DbResult<Vec<EntryId>> {
    let query = payments::table
        .filter(payments::entry_id.eq_any(entries.to_vec()))
        .filter(payments::order_id.is_not_null())
        .select(payments::entry_id);
    Ok(query.load(tx).await?)
}
