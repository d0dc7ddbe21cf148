//! SQL of a level's settings, and of what should be bought.

use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Numeric};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::db::tenant_tables::{purchase_order_lines, purchase_orders, stock_levels, warehouses};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::tenancy::TenantTx;

diesel::define_sql_function! {
    /// The first of two values that is there.
    fn coalesce(value: Nullable<Numeric>, otherwise: Numeric) -> Numeric;
}

/// Levels of which less is available and ordered than should be, by warehouse and product,
/// each with what is ordered of it and has not come. Drafts count: whoever looks again would
/// order twice. Nothing is bought for places out of use and those of goods on their way.
pub(super) async fn below_point(
    tx: &mut TenantTx,
    (warehouse, products): (Option<WarehouseId>, Option<Vec<ProductId>>),
    most: i64,
) -> DbResult<Vec<(StockLevelRow, Decimal)>> {
    let to_come = || {
        let ordered = purchase_order_lines::table
            .inner_join(purchase_orders::table)
            .filter(purchase_order_lines::is_open)
            .filter(purchase_order_lines::product_id.eq(stock_levels::product_id))
            .filter(purchase_orders::warehouse_id.eq(stock_levels::warehouse_id))
            .select(sum(
                purchase_order_lines::quantity - purchase_order_lines::received
            ))
            .single_value();
        coalesce(ordered, Decimal::ZERO)
    };
    let counted_on = stock_levels::on_hand - stock_levels::reserved + to_come();
    let bought_for = warehouses::table
        .filter(warehouses::archived_at.is_null())
        .filter(warehouses::kind.ne(WarehouseKind::Transit))
        .select(warehouses::id);
    let mut query = stock_levels::table
        .filter(stock_levels::warehouse_id.eq_any(bought_for))
        .filter(stock_levels::reorder_point.gt(counted_on.nullable()))
        .order((stock_levels::warehouse_id, stock_levels::product_id))
        .limit(most)
        .select((StockLevelRow::as_select(), to_come()))
        .into_boxed();
    if let Some(warehouse) = warehouse {
        query = query.filter(stock_levels::warehouse_id.eq(warehouse));
    }
    if let Some(products) = products {
        query = query.filter(stock_levels::product_id.eq_any(products));
    }
    Ok(query.load(tx).await?)
}

/// Writes how a product is kept, of a level that is locked.
pub async fn set(tx: &mut TenantTx, level: &StockLevelRow) -> DbResult<()> {
    let query = diesel::update(stock_levels::table.find(level.place())).set((
        stock_levels::may_be_negative.eq(level.may_be_negative),
        stock_levels::reorder_point.eq(level.reorder_point),
        stock_levels::reorder_quantity.eq(level.reorder_quantity),
    ));
    query.execute(tx).await?;
    Ok(())
}
