//! SQL of kept sums.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{BuyerSalesRow, DaySalesRow, ProductSalesRow};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{
    order_lines, orders, sales_by_buyer, sales_by_day, sales_by_product,
};
use crate::dealer::orders::model::OrderLineId;
use crate::tenancy::TenantTx;

/// So many sums are added at once; an invoice has fewer.
const MOST: usize = 2_000;

/// Who sold the orders of these lines, as far as that is known.
pub(super) async fn sellers(
    tx: &mut TenantTx,
    lines: &[OrderLineId],
) -> DbResult<HashMap<OrderLineId, Uuid>> {
    let query = order_lines::table
        .inner_join(orders::table)
        .filter(order_lines::id.eq_any(lines.to_vec()))
        .filter(orders::salesperson.is_not_null())
        .select((order_lines::id, orders::salesperson.assume_not_null()));
    let rows: Vec<(OrderLineId, Uuid)> = query.load(tx).await?;
    Ok(rows.into_iter().collect())
}

/// Adds to the sums of days.
pub(super) async fn add_to_days(tx: &mut TenantTx, rows: &[DaySalesRow]) -> DbResult<()> {
    use sales_by_day as s;
    for part in rows.chunks(MOST) {
        let query = diesel::insert_into(s::table)
            .values(part.to_vec())
            .on_conflict(s::day)
            .do_update()
            .set((
                s::net.eq(s::net + excluded(s::net)),
                s::costed_net.eq(s::costed_net + excluded(s::costed_net)),
                s::cost.eq(s::cost + excluded(s::cost)),
                s::lines.eq(s::lines + excluded(s::lines)),
            ));
        query.execute(tx).await?;
    }
    Ok(())
}

/// Adds to the sums of products.
pub(super) async fn add_to_products(tx: &mut TenantTx, rows: &[ProductSalesRow]) -> DbResult<()> {
    use sales_by_product as s;
    for part in rows.chunks(MOST) {
        let query = diesel::insert_into(s::table)
            .values(part.to_vec())
            .on_conflict((s::day, s::product_id))
            .do_update()
            .set((
                s::net.eq(s::net + excluded(s::net)),
                s::costed_net.eq(s::costed_net + excluded(s::costed_net)),
                s::cost.eq(s::cost + excluded(s::cost)),
                s::quantity.eq(s::quantity + excluded(s::quantity)),
                s::lines.eq(s::lines + excluded(s::lines)),
            ));
        query.execute(tx).await?;
    }
    Ok(())
}

/// Adds to the sums of buyers.
pub(super) async fn add_to_buyers(tx: &mut TenantTx, rows: &[BuyerSalesRow]) -> DbResult<()> {
    use sales_by_buyer as s;
    for part in rows.chunks(MOST) {
        let query = diesel::insert_into(s::table)
            .values(part.to_vec())
            .on_conflict((s::day, s::customer_id, s::job_id, s::salesperson))
            .do_update()
            .set((
                s::net.eq(s::net + excluded(s::net)),
                s::costed_net.eq(s::costed_net + excluded(s::costed_net)),
                s::cost.eq(s::cost + excluded(s::cost)),
                s::lines.eq(s::lines + excluded(s::lines)),
            ));
        query.execute(tx).await?;
    }
    Ok(())
}
