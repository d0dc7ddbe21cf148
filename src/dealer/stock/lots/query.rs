//! SQL of lots.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{LotId, LotLevelRow, LotMovementRow, LotRow};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{
    lot_levels, lot_movements, lot_products, lots, stock_levels, stock_movements, warehouses,
};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::ledger::model::MovementId;
use crate::dealer::stock::model::StockLevelRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on lots.
pub type LotCondition = Predicate<lots::table>;

sort_keys! {
    table: lots, row: LotRow,
    field: /// What lots can be sorted by.
        LotOrderField,
    order: /// One sort key of lots.
        LotOrder,
    sort: LotSort,
    keys: {
        /// By the day on which they are too old; those that do not grow old come last.
        ExpiresOn => expires_on: NaiveDate,
        /// By the maker's code.
        Code => code: String,
        /// By the time at which they first came.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: ExpiresOn Asc,
}

/// One page of lots.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<LotCondition>,
    keys: &[(LotSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<LotRow>> {
    Ok(load_page!(tx, lots as LotRow, filter: filter, keys: keys, page: page))
}

/// How many lots match.
pub async fn count(tx: &mut TenantTx, filter: Option<LotCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, lots, filter: filter))
}

/// Lots of which some lies in one of these warehouses, or anywhere.
pub fn lie_in(places: Option<Vec<WarehouseId>>) -> LotCondition {
    let lying = lot_levels::table
        .filter(lot_levels::on_hand.gt(Decimal::ZERO))
        .select(lot_levels::lot_id);
    match places {
        Some(places) => {
            let there = lying.filter(lot_levels::warehouse_id.eq_any(places));
            Box::new(lots::id.eq_any(there).nullable())
        }
        None => Box::new(lots::id.eq_any(lying).nullable()),
    }
}

/// Lots of which none lies anywhere.
pub fn lie_nowhere() -> LotCondition {
    let lying = lot_levels::table
        .filter(lot_levels::on_hand.gt(Decimal::ZERO))
        .select(lot_levels::lot_id);
    Box::new(lots::id.ne_all(lying).nullable())
}

/// The lots with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[LotId]) -> DbResult<Vec<LotRow>> {
    let query = lots::table
        .filter(lots::id.eq_any(ids.to_vec()))
        .select(LotRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lots of these products with these codes; and others, where there are several of both.
pub(super) async fn find_named(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
    codes: Vec<String>,
) -> DbResult<Vec<LotRow>> {
    let query = lots::table
        .filter(lots::product_id.eq_any(products))
        .filter(lots::code.eq_any(codes))
        .select(LotRow::as_select());
    Ok(query.load(tx).await?)
}

/// What of lots of these products lies in these warehouses.
pub(super) async fn lying(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
    places: Vec<WarehouseId>,
) -> DbResult<Vec<(LotRow, LotLevelRow)>> {
    let query = lots::table
        .inner_join(lot_levels::table)
        .filter(lots::product_id.eq_any(products))
        .filter(lot_levels::warehouse_id.eq_any(places))
        .filter(lot_levels::on_hand.gt(Decimal::ZERO))
        .select((LotRow::as_select(), LotLevelRow::as_select()));
    Ok(query.load(tx).await?)
}

/// What moved for a line of a document: the line, where, which lot, how much.
pub(super) type MovedFor = (Option<Uuid>, WarehouseId, LotId, Decimal);

/// What of lots came and went for these lines of documents, in its order.
pub(super) async fn moved_for(tx: &mut TenantTx, lines: Vec<Uuid>) -> DbResult<Vec<MovedFor>> {
    let query = lot_movements::table
        .inner_join(stock_movements::table)
        .filter(stock_movements::source_line.eq_any(lines))
        .order((lot_movements::movement_id, lot_movements::lot_id))
        .select((
            stock_movements::source_line,
            stock_movements::warehouse_id,
            lot_movements::lot_id,
            lot_movements::quantity,
        ));
    Ok(query.load(tx).await?)
}

/// The lots of these products of which some lies somewhere, those that expire first before
/// others.
pub async fn find_lying(tx: &mut TenantTx, products: &[ProductId]) -> DbResult<Vec<LotRow>> {
    let lying = lot_levels::table
        .filter(lot_levels::on_hand.gt(Decimal::ZERO))
        .select(lot_levels::lot_id);
    let query = lots::table
        .filter(lots::product_id.eq_any(products.to_vec()))
        .filter(lots::id.eq_any(lying))
        .order((lots::product_id, lots::expires_on, lots::id))
        .select(LotRow::as_select());
    Ok(query.load(tx).await?)
}

/// The parts by lot of what came for these lines of documents.
pub async fn find_parts_of_lines(
    tx: &mut TenantTx,
    lines: &[Uuid],
) -> DbResult<Vec<(Option<Uuid>, LotMovementRow)>> {
    let query = lot_movements::table
        .inner_join(stock_movements::table)
        .filter(stock_movements::source_line.eq_any(lines.to_vec()))
        .filter(lot_movements::quantity.gt(Decimal::ZERO))
        .order((lot_movements::movement_id, lot_movements::lot_id))
        .select((stock_movements::source_line, LotMovementRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The levels of these lots, in the order of their ids.
pub async fn find_levels(tx: &mut TenantTx, ids: &[LotId]) -> DbResult<Vec<LotLevelRow>> {
    let query = lot_levels::table
        .inner_join(warehouses::table)
        .filter(lot_levels::lot_id.eq_any(ids.to_vec()))
        .order((lot_levels::lot_id, warehouses::code))
        .select(LotLevelRow::as_select());
    Ok(query.load(tx).await?)
}

/// The parts of these movements by lot.
pub async fn find_parts(
    tx: &mut TenantTx,
    movements: &[MovementId],
) -> DbResult<Vec<LotMovementRow>> {
    let query = lot_movements::table
        .filter(lot_movements::movement_id.eq_any(movements.to_vec()))
        .order((lot_movements::movement_id, lot_movements::lot_id))
        .select(LotMovementRow::as_select());
    Ok(query.load(tx).await?)
}

/// Which of these products are kept by lots.
pub async fn tracked(tx: &mut TenantTx, products: &[ProductId]) -> DbResult<Vec<ProductId>> {
    let query = lot_products::table
        .filter(lot_products::product_id.eq_any(products.to_vec()))
        .select(lot_products::product_id);
    Ok(query.load(tx).await?)
}

/// Locks all levels of a product.
pub(super) async fn lock_levels(
    tx: &mut TenantTx,
    product: ProductId,
) -> DbResult<Vec<StockLevelRow>> {
    let query = stock_levels::table
        .filter(stock_levels::product_id.eq(product))
        .order(stock_levels::warehouse_id)
        .select(StockLevelRow::as_select())
        .for_update();
    Ok(query.load(tx).await?)
}

/// Keeps others from making levels until the COMMIT.
pub(super) async fn hold_places(tx: &mut TenantTx) -> DbResult<()> {
    let query = warehouses::table
        .order(warehouses::id)
        .select(warehouses::id)
        .for_no_key_update();
    let _held: Vec<WarehouseId> = query.load(tx).await?;
    Ok(())
}

/// Says that a product is kept by lots, or no longer.
pub(super) async fn set_tracked(
    tx: &mut TenantTx,
    product: ProductId,
    is_tracked: bool,
) -> DbResult<()> {
    if is_tracked {
        let query = diesel::insert_into(lot_products::table)
            .values((
                lot_products::product_id.eq(product),
                lot_products::since.eq(tx.now()),
            ))
            .on_conflict_do_nothing();
        query.execute(tx).await?;
    } else {
        let query = diesel::delete(lot_products::table.find(product));
        query.execute(tx).await?;
    }
    Ok(())
}

/// Adds lots; gives them as they are known, of which others may have brought some.
pub(super) async fn bring(tx: &mut TenantTx, rows: Vec<LotRow>) -> DbResult<Vec<LotRow>> {
    let query = diesel::insert_into(lots::table)
        .values(rows)
        .on_conflict((lots::product_id, lots::code))
        .do_update()
        .set(lots::code.eq(excluded(lots::code)))
        .returning(LotRow::as_returning());
    Ok(query.get_results(tx).await?)
}

/// Writes levels of lots, new ones among them.
pub(super) async fn store(tx: &mut TenantTx, rows: Vec<LotLevelRow>) -> DbResult<()> {
    let query = diesel::insert_into(lot_levels::table)
        .values(rows)
        .on_conflict((lot_levels::lot_id, lot_levels::warehouse_id))
        .do_update()
        .set(lot_levels::on_hand.eq(excluded(lot_levels::on_hand)));
    query.execute(tx).await?;
    Ok(())
}

/// Adds parts of movements.
pub(super) async fn insert_parts(tx: &mut TenantTx, rows: Vec<LotMovementRow>) -> DbResult<()> {
    let query = diesel::insert_into(lot_movements::table).values(rows);
    query.execute(tx).await?;
    Ok(())
}
