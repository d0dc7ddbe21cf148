//! SQL of stock levels.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::StockLevelRow;
use super::warehouses::model::WarehouseId;
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{products, stock_levels, units, warehouses};
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on stock levels.
pub type StockLevelCondition = Predicate<stock_levels::table>;

sort_keys! {
    table: stock_levels, row: StockLevelRow,
    field: /// What stock levels can be sorted by.
        StockLevelOrderField,
    order: /// One sort key of stock levels.
        StockLevelOrder,
    sort: StockLevelSort,
    keys: {
        /// By the quantity on hand.
        OnHand => on_hand: Decimal,
        /// By the time of the last change.
        UpdatedAt => updated_at: DateTime<Utc>,
    },
    ties: { Product => product_id, Warehouse => warehouse_id },
    default: Product Asc,
}

/// One page of stock levels.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<StockLevelCondition>,
    keys: &[(StockLevelSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<StockLevelRow>> {
    Ok(load_page!(tx, stock_levels as StockLevelRow, filter: filter, keys: keys, page: page))
}

/// How many stock levels match.
pub async fn count(tx: &mut TenantTx, filter: Option<StockLevelCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, stock_levels, filter: filter))
}

/// The levels of these products in all warehouses, by warehouse code.
pub async fn find_by_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<Vec<StockLevelRow>> {
    let query = stock_levels::table
        .inner_join(warehouses::table)
        .filter(stock_levels::product_id.eq_any(ids.to_vec()))
        .order((stock_levels::product_id, warehouses::code))
        .select(StockLevelRow::as_select());
    Ok(query.load(tx).await?)
}

/// Levels with the codes of product, warehouse and base unit, in the order of their ids behind
/// `after`.
pub async fn sheet(
    tx: &mut TenantTx,
    (product, warehouse): (Uuid, Uuid),
    most: i64,
) -> DbResult<Vec<(StockLevelRow, String, String, String)>> {
    let (product, warehouse) = (
        ProductId::from_uuid(product),
        WarehouseId::from_uuid(warehouse),
    );
    let behind = stock_levels::product_id
        .gt(product)
        .or(stock_levels::product_id
            .eq(product)
            .and(stock_levels::warehouse_id.gt(warehouse)));
    let query = stock_levels::table
        .inner_join(warehouses::table)
        .inner_join(products::table.inner_join(units::table))
        // Said twice, so that the index is entered at the product.
        .filter(stock_levels::product_id.ge(product))
        .filter(behind)
        .order((stock_levels::product_id, stock_levels::warehouse_id))
        .limit(most)
        .select((
            StockLevelRow::as_select(),
            products::sku,
            warehouses::code,
            units::code,
        ));
    Ok(query.load(tx).await?)
}
