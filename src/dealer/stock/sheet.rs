//! Stock levels as lines of a file.

use super::model::StockLevelRow;
use super::query;
use crate::dealer::bulk::cell::Cell;
use crate::dealer::bulk::sheets::After;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// The columns of stock levels; quantities are in the product's base unit.
pub const COLUMNS: &[&str] = &["sku", "warehouse", "onHand", "reserved"];

/// Stock levels behind `after`, with product and warehouse.
pub async fn page(
    tx: &mut TenantTx,
    after: Option<After>,
    most: i64,
) -> AppResult<Vec<(After, Vec<Cell>)>> {
    let (product, warehouse) = after.unwrap_or_default();
    let after = (product, warehouse.unwrap_or_default());
    let rows = query::sheet(tx, after, most).await?;
    let line = |(row, sku, warehouse): (StockLevelRow, String, String)| {
        let cells = vec![
            Cell::Text(sku),
            Cell::Text(warehouse),
            Cell::Number(row.on_hand.normalize().to_string()),
            Cell::Number(row.reserved.normalize().to_string()),
        ];
        let key = (row.product_id.uuid(), Some(row.warehouse_id.uuid()));
        (key, cells)
    };
    Ok(rows.into_iter().map(line).collect())
}
