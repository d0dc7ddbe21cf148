//! SQL of quotes.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{QuoteChanges, QuoteId, QuoteLineRow, QuoteRow, QuoteState};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{orders, quote_lines, quotes};
use crate::dealer::orders::model::OrderRow;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on quotes.
pub type QuoteCondition = Predicate<quotes::table>;

sort_keys! {
    table: quotes, row: QuoteRow,
    field: /// What quotes can be sorted by.
        QuoteOrderField,
    order: /// One sort key of quotes.
        QuoteOrder,
    sort: QuoteSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of quotes.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<QuoteCondition>,
    keys: &[(QuoteSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<QuoteRow>> {
    Ok(load_page!(tx, quotes as QuoteRow, filter: filter, keys: keys, page: page))
}

/// How many quotes match.
pub async fn count(tx: &mut TenantTx, filter: Option<QuoteCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, quotes, filter: filter))
}

/// Stands in one of these states on a day, as [`QuoteRow::state_on`] has it.
pub fn stands(states: &[QuoteState], today: NaiveDate) -> QuoteCondition {
    let is_over = || {
        let is_sent = quotes::state.eq(QuoteState::Sent);
        is_sent.and(quotes::valid_until.lt(today))
    };
    let stored = quotes::state.eq_any(states.to_vec());
    match (
        states.contains(&QuoteState::Sent),
        states.contains(&QuoteState::Expired),
    ) {
        (true, false) => Box::new(stored.and(diesel::dsl::not(is_over())).nullable()),
        (false, true) => Box::new(stored.or(is_over()).nullable()),
        _ => Box::new(stored.nullable()),
    }
}

/// The quotes with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[QuoteId]) -> DbResult<Vec<QuoteRow>> {
    let query = quotes::table
        .filter(quotes::id.eq_any(ids.to_vec()))
        .select(QuoteRow::as_select());
    Ok(query.load(tx).await?)
}

/// All revisions of these numbers, the first one first.
pub async fn revisions(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<QuoteRow>> {
    let query = quotes::table
        .filter(quotes::number.eq_any(numbers.to_vec()))
        .order((quotes::number, quotes::revision))
        .select(QuoteRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of quotes, each quote's in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[QuoteId]) -> DbResult<Vec<QuoteLineRow>> {
    let query = quote_lines::table
        .filter(quote_lines::quote_id.eq_any(ids.to_vec()))
        .order((quote_lines::quote_id, quote_lines::position))
        .select(QuoteLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The orders that were made of quotes.
pub async fn orders_of(tx: &mut TenantTx, ids: &[QuoteId]) -> DbResult<Vec<OrderRow>> {
    let query = orders::table
        .filter(orders::quote_id.eq_any(ids.to_vec()))
        .select(OrderRow::as_select());
    Ok(query.load(tx).await?)
}

/// The quote, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, id: QuoteId) -> DbResult<Option<QuoteRow>> {
    let query = quotes::table
        .find(id)
        .select(QuoteRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Locks all revisions of a number, in their order.
pub(super) async fn lock_revisions(tx: &mut TenantTx, number: i64) -> DbResult<()> {
    let query = quotes::table
        .filter(quotes::number.eq(number))
        .order(quotes::revision)
        .select(quotes::id)
        .for_no_key_update();
    let _held: Vec<QuoteId> = query.load(tx).await?;
    Ok(())
}

/// Adds a quote with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &QuoteRow,
    lines: Vec<QuoteLineRow>,
) -> QueryResult<()> {
    let query = diesel::insert_into(quotes::table).values(row.clone());
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

async fn insert_lines(tx: &mut TenantTx, lines: Vec<QuoteLineRow>) -> QueryResult<()> {
    let query = diesel::insert_into(quote_lines::table).values(lines);
    query.execute(tx).await.map(|_rows| ())
}

/// Puts other lines in the place of a draft's.
pub(super) async fn replace_lines(
    tx: &mut TenantTx,
    id: QuoteId,
    lines: Vec<QuoteLineRow>,
) -> QueryResult<()> {
    let query = diesel::delete(quote_lines::table).filter(quote_lines::quote_id.eq(id));
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

/// Changes quotes that are locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    ids: &[QuoteId],
    changes: QuoteChanges,
) -> QueryResult<Vec<QuoteRow>> {
    let query = diesel::update(quotes::table)
        .filter(quotes::id.eq_any(ids.to_vec()))
        .set((changes, quotes::version.eq(quotes::version + 1)))
        .returning(QuoteRow::as_returning());
    query.load(tx).await
}

/// At most so many quotes that wait for an answer behind their last day, locked; those that
/// somebody else is at are left to him.
pub(super) async fn lock_expired(
    tx: &mut TenantTx,
    today: NaiveDate,
    most: i64,
) -> DbResult<Vec<QuoteId>> {
    let query = quotes::table
        .filter(quotes::state.eq(QuoteState::Sent))
        .filter(quotes::valid_until.lt(today))
        .order((quotes::valid_until, quotes::id))
        .limit(most)
        .select(quotes::id)
        .for_no_key_update()
        .skip_locked();
    Ok(query.load(tx).await?)
}
