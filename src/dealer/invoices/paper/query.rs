//! SQL of what stands on an invoice's paper, beside its own rows.

use chrono::{DateTime, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::db::tenant_tables::{
    entry_allocations as allocations, invoice_lines, order_lines, orders,
};
use crate::dealer::accounts::model::EntryId;
use crate::dealer::invoices::model::InvoiceId;
use crate::tenancy::TenantTx;

/// What settled an entry, or was settled by it, until it was posted: deposits, or what a credit
/// note corrects. What is paid later is not among it.
pub(super) async fn settled_at_posting(
    tx: &mut TenantTx,
    entry: EntryId,
    posted_at: DateTime<Utc>,
) -> DbResult<Decimal> {
    let is_of = allocations::debit_entry_id
        .eq(entry)
        .or(allocations::credit_entry_id.eq(entry));
    let query = allocations::table
        .filter(is_of)
        .filter(allocations::allocated_at.le(posted_at))
        .filter(allocations::undoes_id.is_null())
        .select(sum(allocations::amount));
    let found: Option<Decimal> = query.first(tx).await?;
    Ok(found.unwrap_or_default())
}

/// The numbers of the orders that an invoice bills or credits, `most` at most.
pub(super) async fn orders_of(tx: &mut TenantTx, id: InvoiceId, most: i64) -> DbResult<Vec<i64>> {
    let query = invoice_lines::table
        .inner_join(
            order_lines::table.on(invoice_lines::order_line_id.eq(order_lines::id.nullable())),
        )
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(invoice_lines::invoice_id.eq(id))
        .distinct()
        .order(orders::number)
        .limit(most)
        .select(orders::number);
    Ok(query.load(tx).await?)
}
