//! SQL of transfers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{TransferId, TransferLineRow, TransferRow, TransferState, TransferStep};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{stock_transfer_lines, stock_transfers};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::availability::model::Incoming;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on transfers.
pub type TransferCondition = Predicate<stock_transfers::table>;

sort_keys! {
    table: stock_transfers, row: TransferRow,
    field: /// What transfers can be sorted by.
        TransferOrderField,
    order: /// One sort key of transfers.
        TransferOrder,
    sort: TransferSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of transfers.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<TransferCondition>,
    keys: &[(TransferSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<TransferRow>> {
    Ok(load_page!(tx, stock_transfers as TransferRow, filter: filter, keys: keys, page: page))
}

/// How many transfers match.
pub async fn count(tx: &mut TenantTx, filter: Option<TransferCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, stock_transfers, filter: filter))
}

/// The transfers with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[TransferId]) -> DbResult<Vec<TransferRow>> {
    let query = stock_transfers::table
        .filter(stock_transfers::id.eq_any(ids.to_vec()))
        .select(TransferRow::as_select());
    Ok(query.load(tx).await?)
}

/// The transfers with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<TransferRow>> {
    let query = stock_transfers::table
        .filter(stock_transfers::number.eq_any(numbers.to_vec()))
        .select(TransferRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these transfers, in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[TransferId]) -> DbResult<Vec<TransferLineRow>> {
    let query = stock_transfer_lines::table
        .filter(stock_transfer_lines::transfer_id.eq_any(ids.to_vec()))
        .order((
            stock_transfer_lines::transfer_id,
            stock_transfer_lines::position,
        ))
        .select(TransferLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// What of these products has left, and not arrived.
pub async fn on_their_way(tx: &mut TenantTx, products: &[ProductId]) -> DbResult<Vec<Incoming>> {
    let query = stock_transfer_lines::table
        .inner_join(stock_transfers::table)
        .filter(stock_transfer_lines::product_id.eq_any(products.to_vec()))
        .filter(stock_transfer_lines::received.is_null())
        .filter(stock_transfers::state.eq(TransferState::Dispatched))
        .select((
            stock_transfer_lines::product_id,
            stock_transfers::to_id,
            stock_transfers::due_on,
            stock_transfer_lines::quantity,
        ));
    Ok(query.load(tx).await?)
}

/// Adds a transfer with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &TransferRow,
    lines: Vec<TransferLineRow>,
) -> QueryResult<()> {
    let query = diesel::insert_into(stock_transfers::table).values(row.clone());
    query.execute(tx).await?;
    let query = diesel::insert_into(stock_transfer_lines::table).values(lines);
    query.execute(tx).await.map(|_rows| ())
}

/// Moves a transfer on, if it still has this version and stands in this state.
pub(super) async fn advance(
    tx: &mut TenantTx,
    (id, version): (TransferId, i32),
    from: TransferState,
    step: TransferStep,
) -> QueryResult<Option<TransferRow>> {
    let query = diesel::update(stock_transfers::table.find(id))
        .filter(stock_transfers::version.eq(version))
        .filter(stock_transfers::state.eq(from))
        .set((step, stock_transfers::version.eq(version + 1)))
        .returning(TransferRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Writes what arrived of each line.
pub(super) async fn set_received(tx: &mut TenantTx, lines: &[TransferLineRow]) -> DbResult<()> {
    let query = diesel::insert_into(stock_transfer_lines::table)
        .values(lines.to_vec())
        .on_conflict(stock_transfer_lines::id)
        .do_update()
        .set(
            stock_transfer_lines::received
                .eq(diesel::upsert::excluded(stock_transfer_lines::received)),
        );
    query.execute(tx).await?;
    Ok(())
}
