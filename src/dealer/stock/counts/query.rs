//! SQL of counts.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{
    StockCountId, StockCountLineRow, StockCountRow, StockCountState, StockCountSums,
};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{products, stock_count_lines, stock_counts, stock_levels};
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on counts.
pub type StockCountCondition = Predicate<stock_counts::table>;

sort_keys! {
    table: stock_counts, row: StockCountRow,
    field: /// What counts can be sorted by.
        StockCountOrderField,
    order: /// One sort key of counts.
        StockCountOrder,
    sort: StockCountSort,
    keys: {
        /// By the time they were opened.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of counts.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<StockCountCondition>,
    keys: &[(StockCountSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<StockCountRow>> {
    Ok(load_page!(tx, stock_counts as StockCountRow, filter: filter, keys: keys, page: page))
}

/// How many counts match.
pub async fn count(tx: &mut TenantTx, filter: Option<StockCountCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, stock_counts, filter: filter))
}

/// The counts with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[StockCountId]) -> DbResult<Vec<StockCountRow>> {
    let query = stock_counts::table
        .filter(stock_counts::id.eq_any(ids.to_vec()))
        .select(StockCountRow::as_select());
    Ok(query.load(tx).await?)
}

/// The counts with these numbers.
pub async fn find_many_by_number(
    tx: &mut TenantTx,
    numbers: &[i64],
) -> DbResult<Vec<StockCountRow>> {
    let query = stock_counts::table
        .filter(stock_counts::number.eq_any(numbers.to_vec()))
        .select(StockCountRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these counts, in their order.
pub async fn find_lines(
    tx: &mut TenantTx,
    ids: &[StockCountId],
) -> DbResult<Vec<StockCountLineRow>> {
    let query = stock_count_lines::table
        .filter(stock_count_lines::count_id.eq_any(ids.to_vec()))
        .order((stock_count_lines::count_id, stock_count_lines::position))
        .select(StockCountLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of a count that are of these products.
pub(super) async fn find_lines_of(
    tx: &mut TenantTx,
    id: StockCountId,
    products: &[ProductId],
) -> DbResult<Vec<StockCountLineRow>> {
    let query = stock_count_lines::table
        .filter(stock_count_lines::count_id.eq(id))
        .filter(stock_count_lines::product_id.eq_any(products.to_vec()))
        .select(StockCountLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// What the lines of these counts add up to.
pub async fn sums(tx: &mut TenantTx, ids: &[StockCountId]) -> DbResult<Vec<StockCountSums>> {
    let query = stock_count_lines::table
        .filter(stock_count_lines::count_id.eq_any(ids.to_vec()))
        .group_by(stock_count_lines::count_id)
        .select((
            stock_count_lines::count_id,
            count_star(),
            diesel::dsl::count(stock_count_lines::counted),
            sum(stock_count_lines::variance_value),
        ));
    let rows: Vec<(StockCountId, i64, i64, Option<Decimal>)> = query.load(tx).await?;
    let sums = |(count, lines, counted, worth): (_, _, _, Option<Decimal>)| StockCountSums {
        count,
        lines,
        counted,
        variance_value: worth.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(sums).collect())
}

/// The levels of these products in a warehouse, as one statement sees them.
pub(super) async fn levels(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    products: &[ProductId],
) -> DbResult<Vec<StockLevelRow>> {
    let query = stock_levels::table
        .filter(stock_levels::warehouse_id.eq(warehouse))
        .filter(stock_levels::product_id.eq_any(products.to_vec()))
        .select(StockLevelRow::as_select());
    Ok(query.load(tx).await?)
}

/// The levels of a warehouse that are worth a look, by SKU: some is there, or may be sold
/// again. Only those of products in these categories, if there are some.
pub(super) async fn levels_in(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    categories: Option<Vec<CategoryId>>,
    most: i64,
) -> DbResult<Vec<StockLevelRow>> {
    let mut query = stock_levels::table
        .inner_join(products::table)
        .filter(stock_levels::warehouse_id.eq(warehouse))
        .filter(
            stock_levels::on_hand
                .ne(Decimal::ZERO)
                .or(products::archived_at.is_null()),
        )
        .order(products::sku)
        .limit(most)
        .select(StockLevelRow::as_select())
        .into_boxed();
    if let Some(categories) = categories {
        query = query.filter(products::category_id.eq_any(categories));
    }
    Ok(query.load(tx).await?)
}

/// Which of these products are being counted in a warehouse, and by which counts.
pub(super) async fn counted_now(
    tx: &mut TenantTx,
    warehouse: WarehouseId,
    products: &[ProductId],
) -> DbResult<Vec<(ProductId, i64)>> {
    let query = stock_count_lines::table
        .inner_join(stock_counts::table)
        .filter(stock_count_lines::is_open)
        .filter(stock_count_lines::warehouse_id.eq(warehouse))
        .filter(stock_count_lines::product_id.eq_any(products.to_vec()))
        .order(stock_counts::number)
        .select((stock_count_lines::product_id, stock_counts::number));
    Ok(query.load(tx).await?)
}

/// Adds a count with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &StockCountRow,
    lines: Vec<StockCountLineRow>,
) -> QueryResult<()> {
    let query = diesel::insert_into(stock_counts::table).values(row.clone());
    query.execute(tx).await?;
    let query = diesel::insert_into(stock_count_lines::table).values(lines);
    query.execute(tx).await.map(|_rows| ())
}

/// Raises the version of an open count, which keeps others from recording and posting
/// until the COMMIT.
pub(super) async fn touch(
    tx: &mut TenantTx,
    id: StockCountId,
    now: DateTime<Utc>,
) -> QueryResult<Option<StockCountRow>> {
    let query = diesel::update(stock_counts::table.find(id))
        .filter(stock_counts::state.eq(StockCountState::Open))
        .set((
            stock_counts::version.eq(stock_counts::version + 1),
            stock_counts::updated_at.eq(now),
        ))
        .returning(StockCountRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Ends an open count, if it still has this version.
pub(super) async fn end(
    tx: &mut TenantTx,
    (id, version): (StockCountId, i32),
    state: StockCountState,
    now: DateTime<Utc>,
) -> QueryResult<Option<StockCountRow>> {
    let query = diesel::update(stock_counts::table.find(id))
        .filter(stock_counts::version.eq(version))
        .filter(stock_counts::state.eq(StockCountState::Open))
        .set((
            stock_counts::state.eq(state),
            stock_counts::version.eq(version + 1),
            stock_counts::updated_at.eq(now),
        ))
        .returning(StockCountRow::as_returning());
    query.get_result(tx).await.optional()
}

/// Lets the products of a count be counted again.
pub(super) async fn close_lines(tx: &mut TenantTx, id: StockCountId) -> DbResult<()> {
    let query = diesel::update(stock_count_lines::table)
        .filter(stock_count_lines::count_id.eq(id))
        .set(stock_count_lines::is_open.eq(false));
    query.execute(tx).await?;
    Ok(())
}

/// Writes what is known of lines that there are.
pub(super) async fn store(tx: &mut TenantTx, lines: Vec<StockCountLineRow>) -> DbResult<()> {
    let query = diesel::insert_into(stock_count_lines::table)
        .values(lines)
        .on_conflict(stock_count_lines::id)
        .do_update()
        .set((
            stock_count_lines::is_open.eq(excluded(stock_count_lines::is_open)),
            stock_count_lines::watermark.eq(excluded(stock_count_lines::watermark)),
            stock_count_lines::expected.eq(excluded(stock_count_lines::expected)),
            stock_count_lines::counted.eq(excluded(stock_count_lines::counted)),
            stock_count_lines::counted_at.eq(excluded(stock_count_lines::counted_at)),
            stock_count_lines::variance_value.eq(excluded(stock_count_lines::variance_value)),
            stock_count_lines::version.eq(excluded(stock_count_lines::version)),
        ));
    query.execute(tx).await?;
    Ok(())
}
