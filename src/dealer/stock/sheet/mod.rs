//! Stock levels as lines of a file: written, and taken as corrections.
//!
//! The lines of a batch are worked out in memory, on levels that are locked, and posted
//! to the ledger at once.

mod named;
mod said;

use super::model::StockLevelRow;
use super::query;
use crate::dealer::bulk::cell::Cell;
use crate::dealer::bulk::sheets::After;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

pub use named::Named;

/// The columns of stock levels that are written; quantities are in the unit, which is the
/// product's base unit.
pub const COLUMNS: &[&str] = &["sku", "warehouse", "onHand", "reserved", "unit"];
/// The columns of stock levels that are read. What is reserved is that of reservations, and
/// is passed over, so that what was written can be read.
pub const READ_COLUMNS: &[&str] = &[
    "sku",
    "warehouse",
    "onHand",
    "reserved",
    "unit",
    "change",
    "unitCost",
    "reason",
    "note",
    "lot",
    "expiresOn",
];

/// Stock levels behind `after`, with product and warehouse.
pub async fn page(
    tx: &mut TenantTx,
    after: Option<After>,
    most: i64,
) -> AppResult<Vec<(After, Vec<Cell>)>> {
    let (product, warehouse) = after.unwrap_or_default();
    let after = (product, warehouse.unwrap_or_default());
    let rows = query::sheet(tx, after, most).await?;
    let line = |(row, sku, warehouse, unit): (StockLevelRow, String, String, String)| {
        let cells = vec![
            Cell::Text(sku),
            Cell::Text(warehouse),
            Cell::Number(row.on_hand.normalize().to_string()),
            Cell::Number(row.reserved.normalize().to_string()),
            Cell::Text(unit),
        ];
        let key = (row.product_id.uuid(), Some(row.warehouse_id.uuid()));
        (key, cells)
    };
    Ok(rows.into_iter().map(line).collect())
}
