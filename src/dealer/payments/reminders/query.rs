//! SQL of reminders.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, min, sum};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{ReminderId, ReminderRow, ReminderSettingsRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{
    account_entries, account_items, customers, payment_reminder_settings as settings,
    payment_reminders,
};
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on reminders.
pub type ReminderCondition = Predicate<payment_reminders::table>;

sort_keys! {
    table: payment_reminders, row: ReminderRow,
    field: /// What reminders can be sorted by.
        PaymentReminderOrderField,
    order: /// One sort key of reminders.
        PaymentReminderOrder,
    sort: ReminderSort,
    keys: {
        /// By the time at which they were written down.
        CreatedAt => created_at: DateTime<Utc>,
        /// By what was overdue.
        Amount => amount: Decimal,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of reminders.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<ReminderCondition>,
    keys: &[(ReminderSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<ReminderRow>> {
    Ok(load_page!(tx, payment_reminders as ReminderRow, filter: filter, keys: keys, page: page))
}

/// How many reminders match.
pub async fn count(tx: &mut TenantTx, filter: Option<ReminderCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, payment_reminders, filter: filter))
}

/// The reminder with this id.
pub(super) async fn find(tx: &mut TenantTx, id: ReminderId) -> DbResult<Option<ReminderRow>> {
    let query = payment_reminders::table
        .find(id)
        .select(ReminderRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// The dealer's settings, if he has set any.
pub(super) async fn find_settings(tx: &mut TenantTx) -> DbResult<Option<ReminderSettingsRow>> {
    let query = settings::table
        .find(1_i16)
        .select(ReminderSettingsRow::as_select());
    Ok(query.get_result(tx).await.optional()?)
}

/// Writes the settings, if they still have the version before; whether they had.
pub(super) async fn put_settings(tx: &mut TenantTx, row: ReminderSettingsRow) -> DbResult<bool> {
    let before = row.version.saturating_sub(1);
    if before == 0 {
        let insert = diesel::insert_into(settings::table).values(row);
        return Ok(insert.on_conflict_do_nothing().execute(tx).await? > 0);
    }
    let same = settings::table.filter(settings::version.eq(before));
    Ok(diesel::update(same).set(row).execute(tx).await? > 0)
}

/// A customer, when the oldest of its overdue debts was due, and what they come to.
pub(super) type Overdue = (CustomerId, Option<NaiveDate>, Option<Decimal>);

/// Customers with ids above `after` whose oldest open debt was due on `until` or before, with
/// all that was due before `today`, in the order of their ids.
pub(super) async fn overdue(
    tx: &mut TenantTx,
    (until, today): (NaiveDate, NaiveDate),
    after: Option<CustomerId>,
    most: i64,
) -> DbResult<Vec<Overdue>> {
    let mut query = account_items::table
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.gt(Decimal::ZERO))
        .filter(account_items::due_on.lt(today))
        .group_by(account_items::customer_id)
        .having(min(account_items::due_on).le(until))
        .order(account_items::customer_id)
        .limit(most)
        .select((
            account_items::customer_id,
            min(account_items::due_on),
            sum(account_items::amount - account_items::allocated),
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(account_items::customer_id.gt(after));
    }
    Ok(query.load(tx).await?)
}

/// What of these customers' credits settles nothing; below zero.
pub(super) async fn credits(
    tx: &mut TenantTx,
    ids: &[CustomerId],
) -> DbResult<Vec<(CustomerId, Option<Decimal>)>> {
    let query = account_items::table
        .filter(account_items::customer_id.eq_any(ids.to_vec()))
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.lt(Decimal::ZERO))
        .group_by(account_items::customer_id)
        .select((
            account_items::customer_id,
            sum(account_items::amount - account_items::allocated),
        ));
    Ok(query.load(tx).await?)
}

/// Where mails to these customers go.
pub(super) async fn addresses(
    tx: &mut TenantTx,
    ids: &[CustomerId],
) -> DbResult<Vec<(CustomerId, Option<String>)>> {
    let query = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .select((customers::id, customers::email));
    Ok(query.load(tx).await?)
}

/// The reminders of these customers that count, about debts that were due on these days.
pub(super) async fn counting(
    tx: &mut TenantTx,
    ids: &[CustomerId],
    due_on: &[NaiveDate],
) -> DbResult<Vec<ReminderRow>> {
    let query = payment_reminders::table
        .filter(payment_reminders::customer_id.eq_any(ids.to_vec()))
        .filter(payment_reminders::oldest_due_on.eq_any(due_on.to_vec()))
        .filter(payment_reminders::superseded_at.is_null())
        .select(ReminderRow::as_select());
    Ok(query.load(tx).await?)
}

/// Adds reminders; gives those whose customers were not reminded on the same day before.
pub(super) async fn insert(
    tx: &mut TenantTx,
    rows: Vec<ReminderRow>,
) -> DbResult<Vec<ReminderRow>> {
    let query = diesel::insert_into(payment_reminders::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(ReminderRow::as_returning());
    Ok(query.get_results(tx).await?)
}

/// Has what a customer was reminded of so far not count any more.
pub(super) async fn supersede(
    tx: &mut TenantTx,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::update(payment_reminders::table)
        .filter(payment_reminders::customer_id.eq(customer))
        .filter(payment_reminders::superseded_at.is_null())
        .set(payment_reminders::superseded_at.eq(now));
    query.execute(tx).await?;
    Ok(())
}

/// An overdue debt: the number of its document, when it was due, and what is open of it.
pub(super) type Debt = (Option<String>, NaiveDate, Decimal);

/// What of a customer's debts was due before a day, the oldest first, `most` at most.
pub(super) async fn debts(
    tx: &mut TenantTx,
    customer: CustomerId,
    before: NaiveDate,
    most: i64,
) -> DbResult<Vec<Debt>> {
    let query = account_items::table
        .inner_join(account_entries::table)
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.gt(Decimal::ZERO))
        .filter(account_items::due_on.lt(before))
        .order((account_items::due_on, account_items::entry_id))
        .limit(most)
        .select((
            account_entries::reference,
            account_items::due_on,
            account_items::amount - account_items::allocated,
        ));
    Ok(query.load(tx).await?)
}

/// How many of a customer's debts were due before a day, and what they come to.
pub(super) async fn debts_in_all(
    tx: &mut TenantTx,
    customer: CustomerId,
    before: NaiveDate,
) -> DbResult<(i64, Option<Decimal>)> {
    let query = account_items::table
        .filter(account_items::customer_id.eq(customer))
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.gt(Decimal::ZERO))
        .filter(account_items::due_on.lt(before))
        .select((
            count_star(),
            sum(account_items::amount - account_items::allocated),
        ));
    Ok(query.get_result(tx).await?)
}
