//! SQL of purchase orders.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{
    PurchaseOrderChanges, PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow,
    PurchaseOrderRow, PurchaseOrderState,
};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{order_lines, purchase_order_lines, purchase_orders};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::availability::model::Incoming;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on purchase orders.
pub type PurchaseOrderCondition = Predicate<purchase_orders::table>;

sort_keys! {
    table: purchase_orders, row: PurchaseOrderRow,
    field: /// What purchase orders can be sorted by.
        PurchaseOrderOrderField,
    order: /// One sort key of purchase orders.
        PurchaseOrderOrder,
    sort: PurchaseOrderSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of purchase orders.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<PurchaseOrderCondition>,
    keys: &[(PurchaseOrderSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<PurchaseOrderRow>> {
    Ok(load_page!(tx, purchase_orders as PurchaseOrderRow, filter: filter, keys: keys, page: page))
}

/// How many purchase orders match.
pub async fn count(tx: &mut TenantTx, filter: Option<PurchaseOrderCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, purchase_orders, filter: filter))
}

/// The purchase orders with these ids.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: &[PurchaseOrderId],
) -> DbResult<Vec<PurchaseOrderRow>> {
    let query = purchase_orders::table
        .filter(purchase_orders::id.eq_any(ids.to_vec()))
        .select(PurchaseOrderRow::as_select());
    Ok(query.load(tx).await?)
}

/// The purchase orders with these numbers.
pub async fn find_many_by_number(
    tx: &mut TenantTx,
    numbers: &[i64],
) -> DbResult<Vec<PurchaseOrderRow>> {
    let query = purchase_orders::table
        .filter(purchase_orders::number.eq_any(numbers.to_vec()))
        .select(PurchaseOrderRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these orders, in their order.
pub async fn find_lines(
    tx: &mut TenantTx,
    ids: &[PurchaseOrderId],
) -> DbResult<Vec<PurchaseOrderLineRow>> {
    let query = purchase_order_lines::table
        .filter(purchase_order_lines::order_id.eq_any(ids.to_vec()))
        .order((
            purchase_order_lines::order_id,
            purchase_order_lines::position,
        ))
        .select(PurchaseOrderLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines with these ids.
pub async fn find_lines_by_id(
    tx: &mut TenantTx,
    ids: &[PurchaseOrderLineId],
) -> DbResult<Vec<PurchaseOrderLineRow>> {
    let query = purchase_order_lines::table
        .filter(purchase_order_lines::id.eq_any(ids.to_vec()))
        .select(PurchaseOrderLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The order, which nobody else changes until the COMMIT.
pub(super) async fn lock(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
) -> DbResult<Option<PurchaseOrderRow>> {
    let query = purchase_orders::table
        .find(id)
        .select(PurchaseOrderRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// Adds orders with their lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    rows: &[PurchaseOrderRow],
    lines: Vec<PurchaseOrderLineRow>,
) -> QueryResult<()> {
    let query = diesel::insert_into(purchase_orders::table).values(rows.to_vec());
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

async fn insert_lines(tx: &mut TenantTx, lines: Vec<PurchaseOrderLineRow>) -> QueryResult<()> {
    let query = diesel::insert_into(purchase_order_lines::table).values(lines);
    query.execute(tx).await.map(|_rows| ())
}

/// Puts other lines in the place of a draft's.
pub(super) async fn replace_lines(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
    lines: Vec<PurchaseOrderLineRow>,
) -> QueryResult<()> {
    let query =
        diesel::delete(purchase_order_lines::table).filter(purchase_order_lines::order_id.eq(id));
    query.execute(tx).await?;
    insert_lines(tx, lines).await
}

/// Changes an order that is locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
    changes: PurchaseOrderChanges,
) -> DbResult<PurchaseOrderRow> {
    let query = diesel::update(purchase_orders::table.find(id))
        .set((
            changes,
            purchase_orders::version.eq(purchase_orders::version + 1),
        ))
        .returning(PurchaseOrderRow::as_returning());
    Ok(query.get_result(tx).await?)
}

/// Writes when lines should come and what has come of them; their order is locked.
pub(super) async fn store_lines(tx: &mut TenantTx, lines: &[PurchaseOrderLineRow]) -> DbResult<()> {
    let query = diesel::insert_into(purchase_order_lines::table)
        .values(lines.to_vec())
        .on_conflict(purchase_order_lines::id)
        .do_update()
        .set((
            purchase_order_lines::received.eq(excluded(purchase_order_lines::received)),
            purchase_order_lines::is_open.eq(excluded(purchase_order_lines::is_open)),
            purchase_order_lines::expected_on.eq(excluded(purchase_order_lines::expected_on)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Nothing more of an order is to come.
pub(super) async fn close_lines(tx: &mut TenantTx, id: PurchaseOrderId) -> DbResult<()> {
    let query = diesel::update(purchase_order_lines::table)
        .filter(purchase_order_lines::order_id.eq(id))
        .filter(purchase_order_lines::is_open)
        .set(purchase_order_lines::is_open.eq(false));
    query.execute(tx).await?;
    Ok(())
}

/// Whether an order of this supplier stands in one of these states.
pub(super) async fn is_any(
    tx: &mut TenantTx,
    supplier: SupplierId,
    states: &[PurchaseOrderState],
) -> DbResult<bool> {
    let some = purchase_orders::table
        .filter(purchase_orders::supplier_id.eq(supplier))
        .filter(purchase_orders::state.eq_any(states.to_vec()));
    Ok(diesel::select(exists(some)).get_result(tx).await?)
}

type OpenLine = (
    ProductId,
    WarehouseId,
    Option<NaiveDate>,
    (Decimal, Decimal, Option<Decimal>),
);

/// What of a line that is bought for a customer is promised to nobody when it comes: the customer
/// gets what comes first.
fn free((quantity, received, wanted): (Decimal, Decimal, Option<Decimal>)) -> Decimal {
    quantity - received.max(wanted.unwrap_or_default())
}

/// What is to come and promised to nobody of open lines of orders in these states, by product and the day on which they should come.
pub(super) async fn open_lines(
    tx: &mut TenantTx,
    products: &[ProductId],
    states: &[PurchaseOrderState],
) -> DbResult<Vec<Incoming>> {
    let wanted = order_lines::quantity - order_lines::cancelled;
    let query = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .left_join(order_lines::table)
        .filter(purchase_order_lines::is_open)
        .filter(purchase_order_lines::product_id.eq_any(products.to_vec()))
        .filter(purchase_orders::state.eq_any(states.to_vec()))
        .order((
            purchase_order_lines::product_id,
            purchase_order_lines::expected_on,
            purchase_order_lines::id,
        ))
        .select((
            purchase_order_lines::product_id,
            purchase_orders::warehouse_id,
            purchase_order_lines::expected_on,
            (
                purchase_order_lines::quantity,
                purchase_order_lines::received,
                wanted.nullable(),
            ),
        ));
    let rows: Vec<OpenLine> = query.load(tx).await?;
    let incoming = |(product, warehouse, due, amounts)| Incoming {
        product,
        warehouse,
        due,
        quantity: free(amounts),
    };
    let incoming = rows.into_iter().map(incoming);
    Ok(incoming
        .filter(|one| one.quantity > Decimal::ZERO)
        .collect())
}
