//! SQL of a history: looking around, and writing many rows at once.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use crate::db::error::DbResult;
use crate::db::tenant_tables as tables;
use crate::dealer::catalog::products::model::{ProductKind, ProductRow, ProductUnitRow};
use crate::dealer::customers::jobs::model::JobRow;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// A statement has at most 65,535 values.
const MOST_VALUES: usize = 60_000;

/// Goods that are kept, bought ahead and have a price, by SKU.
pub(super) async fn products(tx: &mut TenantTx) -> DbResult<Vec<ProductRow>> {
    use tables::products;
    let query = products::table
        .filter(products::archived_at.is_null())
        .filter(products::kind.eq(ProductKind::Stock))
        .filter(products::list_price.gt(rust_decimal::Decimal::ZERO))
        .order(products::sku)
        .select(ProductRow::as_select());
    Ok(query.load(tx).await?)
}

/// All units of products.
pub(super) async fn units(tx: &mut TenantTx) -> DbResult<Vec<ProductUnitRow>> {
    let query = tables::product_units::table.select(ProductUnitRow::as_select());
    Ok(query.load(tx).await?)
}

/// Customers whom something is sold to, by code.
pub(super) async fn customers(tx: &mut TenantTx) -> DbResult<Vec<CustomerRow>> {
    use tables::customers;
    let query = customers::table
        .filter(customers::archived_at.is_null())
        .filter(customers::hold_reason.is_null())
        .order(customers::code)
        .select(CustomerRow::as_select());
    Ok(query.load(tx).await?)
}

/// All jobs, by code.
pub(super) async fn jobs(tx: &mut TenantTx) -> DbResult<Vec<JobRow>> {
    use tables::jobs;
    let query = jobs::table
        .order((jobs::customer_id, jobs::code))
        .select(JobRow::as_select());
    Ok(query.load(tx).await?)
}

/// Warehouses, by code.
pub(super) async fn warehouses(tx: &mut TenantTx) -> DbResult<Vec<WarehouseId>> {
    use tables::warehouses;
    let query = warehouses::table
        .filter(warehouses::archived_at.is_null())
        .filter(warehouses::kind.eq_any(["YARD", "STORE"]))
        .order(warehouses::code)
        .select(warehouses::id);
    Ok(query.load(tx).await?)
}

#[derive(diesel::QueryableByName)]
struct DayRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Days, and when each began at the dealer.
pub(super) async fn days(
    tx: &mut TenantTx,
    first: NaiveDate,
    last: NaiveDate,
) -> DbResult<Vec<(NaiveDate, DateTime<Utc>)>> {
    let zone = tx.context().dealer().timezone.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no words for AT TIME ZONE"
    )]
    let query = diesel::sql_query(
        "SELECT day::date AS day, day AT TIME ZONE $3 AS at \
         FROM generate_series($1::date::timestamp, $2::date::timestamp, interval '1 day') AS d (day)",
    );
    let query = query
        .bind::<Date, _>(first)
        .bind::<Date, _>(last)
        .bind::<Text, _>(zone);
    let rows: Vec<DayRow> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| (row.day, row.at)).collect())
}

/// Writes levels as they are, their reorder points with them.
pub(super) async fn store_levels(tx: &mut TenantTx, rows: Vec<StockLevelRow>) -> DbResult<()> {
    use tables::stock_levels as s;
    for part in rows.chunks(MOST_VALUES / 11) {
        let query = diesel::insert_into(s::table)
            .values(part.to_vec())
            .on_conflict((s::product_id, s::warehouse_id))
            .do_update()
            .set((
                s::on_hand.eq(excluded(s::on_hand)),
                s::reserved.eq(excluded(s::reserved)),
                s::value.eq(excluded(s::value)),
                s::last_cost.eq(excluded(s::last_cost)),
                s::movements.eq(excluded(s::movements)),
                s::updated_at.eq(excluded(s::updated_at)),
                s::reorder_point.eq(excluded(s::reorder_point)),
            ));
        query.execute(tx).await?;
    }
    Ok(())
}

/// Declares functions that add rows of some columns to a table.
macro_rules! inserts {
    ($($name:ident: $row:ty => $table:ident, $columns:literal;)+) => {$(
        /// Adds rows, as many at once as a statement takes.
        pub(super) async fn $name(tx: &mut TenantTx, rows: Vec<$row>) -> DbResult<()> {
            for part in rows.chunks((MOST_VALUES / $columns).min(1_000)) {
                let query = diesel::insert_into(tables::$table::table).values(part.to_vec());
                query.execute(tx).await?;
            }
            Ok(())
        }
    )+};
}

inserts! {
    insert_orders: crate::dealer::orders::model::OrderRow => orders, 30;
    insert_order_lines: crate::dealer::orders::model::OrderLineRow => order_lines, 33;
    insert_deliveries: crate::dealer::deliveries::model::DeliveryRow => deliveries, 24;
    insert_delivery_lines: crate::dealer::deliveries::model::DeliveryLineRow => delivery_lines, 14;
    insert_movements: crate::dealer::stock::ledger::model::MovementRow => stock_movements, 16;
    insert_reservations: crate::dealer::stock::holds::model::ReservationRow => stock_reservations, 13;
    insert_entries: crate::dealer::accounts::model::EntryRow => account_entries, 13;
    insert_items: crate::dealer::accounts::model::ItemRow => account_items, 8;
    insert_allocations: crate::dealer::accounts::model::AllocationRow => entry_allocations, 9;
    insert_invoices: crate::dealer::invoices::model::InvoiceRow => invoices, 28;
    insert_invoice_lines: crate::dealer::invoices::model::InvoiceLineRow => invoice_lines, 27;
    insert_payments: crate::dealer::payments::model::PaymentRow => payments, 20;
}

/// What should hold of the books, each beside the rows of which it does not.
const BOOKS: [(&str, &str); 7] = [
    (
        "items are those of entries",
        "SELECT FROM account_entries e FULL JOIN account_items i ON i.entry_id = e.id \
         WHERE i.amount IS DISTINCT FROM e.amount",
    ),
    (
        "allocations settle both sides",
        "SELECT FROM account_items i CROSS JOIN LATERAL (\
             SELECT coalesce(sum(amount), 0) AS amount FROM entry_allocations \
             WHERE i.entry_id IN (credit_entry_id, debit_entry_id)) a \
         WHERE abs(i.allocated) <> a.amount",
    ),
    (
        "invoices are the sums of their lines",
        "SELECT FROM invoices i \
         JOIN (SELECT invoice_id, sum(net) AS net, sum(tax) AS tax FROM invoice_lines GROUP BY 1) l \
             ON l.invoice_id = i.id WHERE (l.net, l.tax) <> (i.net, i.tax)",
    ),
    (
        "entries are those of invoices",
        "SELECT FROM invoices i LEFT JOIN account_entries e ON e.id = i.entry_id \
         WHERE i.state = 'POSTED' AND abs(coalesce(e.amount, 0)) <> i.net + i.tax",
    ),
    (
        "lines of orders are invoiced as they say",
        "SELECT FROM order_lines o \
         LEFT JOIN (SELECT order_line_id, sum(quantity) AS quantity, sum(net) AS net \
                    FROM invoice_lines WHERE is_posted AND credits_line_id IS NULL GROUP BY 1) l \
             ON l.order_line_id = o.id \
         WHERE (coalesce(l.quantity, 0), coalesce(l.net, 0)) <> (o.invoiced, o.invoiced_net) \
           AND o.returned = 0",
    ),
    (
        "lines of orders are delivered as they say",
        "SELECT FROM order_lines o \
         LEFT JOIN (SELECT order_line_id, sum(delivered) AS quantity FROM delivery_lines GROUP BY 1) d \
             ON d.order_line_id = o.id \
         WHERE coalesce(d.quantity, 0) <> o.delivered",
    ),
    (
        "numbers have no gaps",
        "SELECT FROM (\
             SELECT count(*) AS count, max(number) AS last FROM orders \
             UNION ALL SELECT count(*), max(number) FROM deliveries \
             UNION ALL SELECT count(*), max(number) FROM payments \
             UNION ALL SELECT count(number), max(number) FROM invoices WHERE kind = 'INVOICE') n \
         WHERE count <> coalesce(last, 0)",
    ),
];

#[derive(diesel::QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Bool)]
    is_wrong: bool,
}

/// What should hold of the books and does not; none, if all is well. A statement each, since
/// they read every row there is.
pub(super) async fn wrong_books(tx: &mut TenantTx) -> DbResult<Option<&'static str>> {
    for (what, rows) in BOOKS {
        #[expect(clippy::disallowed_methods, reason = "sums over joins of other sums")]
        let query = diesel::sql_query(format!("SELECT EXISTS ({rows}) AS is_wrong"));
        let found: Wrong = query.get_result(tx).await?;
        if found.is_wrong {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
