//! SQL of a level's settings, and of what should be bought.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::error::DbResult;
use crate::db::tenant_tables::stock_levels;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::tenancy::TenantTx;

/// Levels of which less is available than should be, by warehouse and product.
pub async fn below_point(
    tx: &mut TenantTx,
    warehouse: Option<WarehouseId>,
    most: i64,
) -> DbResult<Vec<StockLevelRow>> {
    let available = stock_levels::on_hand - stock_levels::reserved;
    let mut query = stock_levels::table
        .filter(stock_levels::reorder_point.gt(available.nullable()))
        .order((stock_levels::warehouse_id, stock_levels::product_id))
        .limit(most)
        .select(StockLevelRow::as_select())
        .into_boxed();
    if let Some(warehouse) = warehouse {
        query = query.filter(stock_levels::warehouse_id.eq(warehouse));
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
