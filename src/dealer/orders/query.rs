//! SQL of orders.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{OrderId, OrderLineId, OrderLineRow, OrderRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{customers, order_lines, orders, purchase_order_lines};
use crate::dealer::customers::model::CustomerId;
use crate::dealer::purchasing::orders::model::PurchaseOrderId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on orders.
pub type OrderCondition = Predicate<orders::table>;

sort_keys! {
    table: orders, row: OrderRow,
    field: /// What orders can be sorted by.
        OrderOrderField,
    order: /// One sort key of orders.
        OrderOrder,
    sort: OrderSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
        /// By what they come to without tax.
        Net => net: Decimal,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of orders.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<OrderCondition>,
    keys: &[(OrderSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<OrderRow>> {
    Ok(load_page!(tx, orders as OrderRow, filter: filter, keys: keys, page: page))
}

/// How many orders match.
pub async fn count(tx: &mut TenantTx, filter: Option<OrderCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, orders, filter: filter))
}

/// The orders with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[OrderId]) -> DbResult<Vec<OrderRow>> {
    let query = orders::table
        .filter(orders::id.eq_any(ids.to_vec()))
        .select(OrderRow::as_select());
    Ok(query.load(tx).await?)
}

/// The orders with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<OrderRow>> {
    let query = orders::table
        .filter(orders::number.eq_any(numbers.to_vec()))
        .select(OrderRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines of these orders, in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[OrderId]) -> DbResult<Vec<OrderLineRow>> {
    let query = order_lines::table
        .filter(order_lines::order_id.eq_any(ids.to_vec()))
        .order((order_lines::order_id, order_lines::position))
        .select(OrderLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines with these ids.
pub async fn find_lines_by_id(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> DbResult<Vec<OrderLineRow>> {
    let query = order_lines::table
        .filter(order_lines::id.eq_any(ids.to_vec()))
        .select(OrderLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// Where the goods of a customer's latest order came from.
pub(super) async fn latest_warehouse(
    tx: &mut TenantTx,
    customer: CustomerId,
) -> DbResult<Option<WarehouseId>> {
    let query = orders::table
        .filter(orders::customer_id.eq(customer))
        .order((orders::created_at.desc(), orders::id.desc()))
        .select(orders::warehouse_id);
    Ok(query.first(tx).await.optional()?)
}

/// Whose these lines are; each order once.
pub(super) async fn orders_of_lines(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> DbResult<Vec<OrderId>> {
    let query = order_lines::table
        .filter(order_lines::id.eq_any(ids.to_vec()))
        .select(order_lines::order_id)
        .distinct();
    Ok(query.load(tx).await?)
}

/// For whom something of a purchase order is bought; each order once.
pub(super) async fn orders_of_purchase(
    tx: &mut TenantTx,
    id: PurchaseOrderId,
) -> DbResult<Vec<OrderId>> {
    let query = order_lines::table
        .inner_join(purchase_order_lines::table)
        .filter(purchase_order_lines::order_id.eq(id))
        .select(order_lines::order_id)
        .distinct();
    Ok(query.load(tx).await?)
}

/// Locks the customers of these orders, in the order of their ids.
pub(super) async fn lock_customers(tx: &mut TenantTx, ids: &[OrderId]) -> DbResult<()> {
    let theirs = orders::table
        .filter(orders::id.eq_any(ids.to_vec()))
        .select(orders::customer_id);
    let query = customers::table
        .filter(customers::id.eq_any(theirs))
        .order(customers::id)
        .select(customers::id)
        .for_no_key_update();
    let _held: Vec<CustomerId> = query.load(tx).await?;
    Ok(())
}

/// These orders, in the order of their ids, which nobody else changes until the COMMIT.
pub(super) async fn lock(tx: &mut TenantTx, ids: &[OrderId]) -> DbResult<Vec<OrderRow>> {
    let query = orders::table
        .filter(orders::id.eq_any(ids.to_vec()))
        .order(orders::id)
        .select(OrderRow::as_select())
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// Adds an order with its lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    row: &OrderRow,
    lines: Vec<OrderLineRow>,
) -> QueryResult<()> {
    let query = diesel::insert_into(orders::table).values(row.clone());
    query.execute(tx).await?;
    let query = diesel::insert_into(order_lines::table).values(lines);
    query.execute(tx).await.map(|_rows| ())
}

/// Takes the lines of a draft away, for others that are written in their place.
pub(super) async fn delete_lines(tx: &mut TenantTx, id: OrderId) -> DbResult<()> {
    let query = diesel::delete(order_lines::table).filter(order_lines::order_id.eq(id));
    query.execute(tx).await?;
    Ok(())
}

/// Writes orders that are locked.
pub(super) async fn store(tx: &mut TenantTx, rows: Vec<OrderRow>) -> QueryResult<()> {
    let query = diesel::insert_into(orders::table)
        .values(rows)
        .on_conflict(orders::id)
        .do_update()
        .set((
            orders::job_id.eq(excluded(orders::job_id)),
            orders::state.eq(excluded(orders::state)),
            orders::warehouse_id.eq(excluded(orders::warehouse_id)),
            orders::wanted_on.eq(excluded(orders::wanted_on)),
            orders::is_pickup.eq(excluded(orders::is_pickup)),
            orders::address_line.eq(excluded(orders::address_line)),
            orders::city.eq(excluded(orders::city)),
            orders::postcode.eq(excluded(orders::postcode)),
            orders::instructions.eq(excluded(orders::instructions)),
            orders::reference.eq(excluded(orders::reference)),
            orders::note.eq(excluded(orders::note)),
            orders::hold_reason.eq(excluded(orders::hold_reason)),
            orders::held_at.eq(excluded(orders::held_at)),
            orders::net.eq(excluded(orders::net)),
            orders::tax.eq(excluded(orders::tax)),
            orders::fulfilment.eq(excluded(orders::fulfilment)),
            orders::billing.eq(excluded(orders::billing)),
            orders::confirmed_at.eq(excluded(orders::confirmed_at)),
            orders::approval.eq(excluded(orders::approval)),
            orders::approval_by.eq(excluded(orders::approval_by)),
            orders::approval_reason.eq(excluded(orders::approval_reason)),
            orders::version.eq(excluded(orders::version)),
            orders::updated_at.eq(excluded(orders::updated_at)),
        ));
    query.execute(tx).await.map(|_rows| ())
}

/// Adds lines, and writes those of orders that are locked.
pub(super) async fn store_lines(tx: &mut TenantTx, lines: Vec<OrderLineRow>) -> QueryResult<()> {
    let query = diesel::insert_into(order_lines::table)
        .values(lines)
        .on_conflict(order_lines::id)
        .do_update()
        .set((
            order_lines::unit_id.eq(excluded(order_lines::unit_id)),
            order_lines::num.eq(excluded(order_lines::num)),
            order_lines::den.eq(excluded(order_lines::den)),
            order_lines::unit_quantity.eq(excluded(order_lines::unit_quantity)),
            order_lines::quantity.eq(excluded(order_lines::quantity)),
            order_lines::net.eq(excluded(order_lines::net)),
            order_lines::warehouse_id.eq(excluded(order_lines::warehouse_id)),
            order_lines::purchase_line_id.eq(excluded(order_lines::purchase_line_id)),
            order_lines::planned.eq(excluded(order_lines::planned)),
            order_lines::delivered.eq(excluded(order_lines::delivered)),
            order_lines::invoiced.eq(excluded(order_lines::invoiced)),
            order_lines::invoiced_net.eq(excluded(order_lines::invoiced_net)),
            order_lines::invoiced_tax.eq(excluded(order_lines::invoiced_tax)),
            order_lines::returned.eq(excluded(order_lines::returned)),
            order_lines::cancelled.eq(excluded(order_lines::cancelled)),
        ));
    query.execute(tx).await.map(|_rows| ())
}
