//! SQL of the stock ledger.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::model::MovementRow;
use super::posting::Place;
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{lot_movements, stock_levels, stock_movements, warehouses};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::lots::model::LotId;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on movements.
pub type StockMovementCondition = Predicate<stock_movements::table>;

sort_keys! {
    table: stock_movements, row: MovementRow,
    field: /// What movements can be sorted by.
        StockMovementOrderField,
    order: /// One sort key of movements.
        StockMovementOrder,
    sort: StockMovementSort,
    keys: {
        /// By the time.
        At => at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: At Desc,
}

/// One page of movements.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<StockMovementCondition>,
    keys: &[(StockMovementSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<MovementRow>> {
    Ok(load_page!(tx, stock_movements as MovementRow, filter: filter, keys: keys, page: page))
}

/// How many movements match.
pub async fn count(tx: &mut TenantTx, filter: Option<StockMovementCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, stock_movements, filter: filter))
}

/// The movements of which some is of a lot.
pub(super) fn of_lot(lot: LotId) -> StockMovementCondition {
    let parts = lot_movements::table
        .filter(lot_movements::lot_id.eq(lot))
        .select(lot_movements::movement_id);
    Box::new(stock_movements::id.eq_any(parts).nullable())
}

/// Products and warehouses, each once. Levels are looked for by both lists, which finds
/// more than these places where a posting is about several products in several
/// warehouses.
fn parts(places: &BTreeSet<Place>) -> (Vec<ProductId>, Vec<WarehouseId>) {
    let products: BTreeSet<_> = places.iter().map(|place| place.0).collect();
    let warehouses: BTreeSet<_> = places.iter().map(|place| place.1).collect();
    (
        products.into_iter().collect(),
        warehouses.into_iter().collect(),
    )
}

/// Which of these places have a level.
pub(super) async fn known(
    tx: &mut TenantTx,
    places: &BTreeSet<Place>,
) -> DbResult<BTreeSet<Place>> {
    let (products, warehouses) = parts(places);
    let query = stock_levels::table
        .filter(stock_levels::product_id.eq_any(products))
        .filter(stock_levels::warehouse_id.eq_any(warehouses))
        .select((stock_levels::product_id, stock_levels::warehouse_id));
    Ok(query.load(tx).await?.into_iter().collect())
}

/// Locks the levels of these places that there are, in the order of their keys.
pub(super) async fn lock(
    tx: &mut TenantTx,
    places: &BTreeSet<Place>,
) -> DbResult<Vec<StockLevelRow>> {
    let (products, warehouses) = parts(places);
    let query = stock_levels::table
        .filter(stock_levels::product_id.eq_any(products))
        .filter(stock_levels::warehouse_id.eq_any(warehouses))
        .order((stock_levels::product_id, stock_levels::warehouse_id))
        .select(StockLevelRow::as_select())
        .for_update();
    Ok(query.load(tx).await?)
}

/// Locks warehouses against others who do, in the order of their keys.
pub(super) async fn hold_warehouses(
    tx: &mut TenantTx,
    ids: &BTreeSet<WarehouseId>,
) -> DbResult<()> {
    let query = warehouses::table
        .filter(warehouses::id.eq_any(ids.iter().copied().collect::<Vec<_>>()))
        .order(warehouses::id)
        .select(warehouses::id)
        .for_no_key_update();
    let _held: Vec<WarehouseId> = query.load(tx).await?;
    Ok(())
}

/// Adds levels where there are none.
pub(super) async fn make(tx: &mut TenantTx, rows: Vec<StockLevelRow>) -> QueryResult<()> {
    let query = diesel::insert_into(stock_levels::table)
        .values(rows)
        .on_conflict_do_nothing();
    query.execute(tx).await?;
    Ok(())
}

/// Writes levels that are locked.
pub(super) async fn store(tx: &mut TenantTx, rows: Vec<StockLevelRow>) -> DbResult<()> {
    let query = diesel::insert_into(stock_levels::table)
        .values(rows)
        .on_conflict((stock_levels::product_id, stock_levels::warehouse_id))
        .do_update()
        .set((
            stock_levels::on_hand.eq(excluded(stock_levels::on_hand)),
            stock_levels::reserved.eq(excluded(stock_levels::reserved)),
            stock_levels::value.eq(excluded(stock_levels::value)),
            stock_levels::last_cost.eq(excluded(stock_levels::last_cost)),
            stock_levels::movements.eq(excluded(stock_levels::movements)),
            stock_levels::updated_at.eq(excluded(stock_levels::updated_at)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Adds movements.
pub(super) async fn insert(tx: &mut TenantTx, rows: &[MovementRow]) -> DbResult<()> {
    let query = diesel::insert_into(stock_movements::table).values(rows.to_vec());
    query.execute(tx).await?;
    Ok(())
}
