//! The surface of lots.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::input::LotWhere;
use super::loader::{LevelsByLot, LotById, LotsByProduct, PartsByLine, PartsByMovement};
use super::model::{LotLevelRow, LotMovementRow, LotRow};
use super::query::{self as lots, LotOrder, LotSort};
use super::tracking::Tracking;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::ledger::model::MovementId;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most lots of a product that are told with it.
const MOST: usize = 200;

/// Goods that were made together.
#[derive(Clone)]
pub struct Lot(pub LotRow);

impl From<LotRow> for Lot {
    fn from(row: LotRow) -> Self {
        Self(row)
    }
}

/// Goods of a product that were made together, and expire together.
#[Object(directive = has_permission::apply(P::StockRead))]
impl Lot {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Of what.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// The maker's code, unique for the product.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The first day on which it is too old; null if it does not grow old.
    async fn expires_on(&self) -> Option<NaiveDate> {
        self.0.expiry()
    }

    /// What of it is on hand, in all warehouses.
    async fn on_hand(&self, ctx: &Context<'_>) -> AppResult<Quantity> {
        let levels = ctx.unit()?.load_list(LevelsByLot(self.0.id)).await?;
        let base: Decimal = levels.iter().map(|level| level.on_hand).sum();
        Ok(Quantity::in_base_of(self.0.product_id, base))
    }

    /// Where some of it lies, or did, by warehouse code.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn levels(&self, ctx: &Context<'_>) -> AppResult<Vec<LotLevel>> {
        let rows = ctx.unit()?.load_list(LevelsByLot(self.0.id)).await?;
        let level = |row| LotLevel {
            row,
            product: self.0.product_id,
        };
        Ok(rows.into_iter().map(level).collect())
    }

    /// When it first came.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What of a lot lies in a warehouse.
pub struct LotLevel {
    row: LotLevelRow,
    product: ProductId,
}

/// How much of a lot lies in a warehouse.
#[Object(directive = has_permission::apply(P::StockRead))]
impl LotLevel {
    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.row.warehouse_id).await
    }

    /// How much of it is there.
    async fn on_hand(&self) -> Quantity {
        Quantity::in_base_of(self.product, self.row.on_hand)
    }
}

/// What of a movement is of a lot.
pub struct StockMovementLot {
    row: LotMovementRow,
    product: ProductId,
}

/// The part of a movement that is of one lot.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockMovementLot {
    /// The lot.
    async fn lot(&self, ctx: &Context<'_>) -> AppResult<Lot> {
        let row = ctx.unit()?.load(LotById(self.row.lot_id)).await?;
        row.map(Lot)
            .ok_or_else(|| AppError::internal(format!("{} has vanished", self.row.lot_id)))
    }

    /// How much, in base units; below zero for what went.
    async fn quantity(&self) -> Quantity {
        Quantity::in_base_of(self.product, self.row.quantity)
    }
}

/// The parts of a movement by lot.
pub(crate) async fn lots_of(
    ctx: &Context<'_>,
    (movement, product): (MovementId, ProductId),
) -> AppResult<Vec<StockMovementLot>> {
    let rows = ctx.unit()?.load_list(PartsByMovement(movement)).await?;
    let part = |row| StockMovementLot { row, product };
    Ok(rows.into_iter().map(part).collect())
}

/// The parts by lot of what came for a line of a document.
pub(crate) async fn lots_of_line(
    ctx: &Context<'_>,
    (line, product): (Uuid, ProductId),
) -> AppResult<Vec<StockMovementLot>> {
    let rows = ctx.unit()?.load_list(PartsByLine(line)).await?;
    let part = |row| StockMovementLot { row, product };
    Ok(rows.into_iter().map(part).collect())
}

/// The lots of a product of which some lies somewhere; at most [`MOST`].
pub(crate) async fn lots_of_product(ctx: &Context<'_>, product: ProductId) -> AppResult<Vec<Lot>> {
    let rows = ctx.unit()?.load_list(LotsByProduct(product)).await?;
    Ok(rows.into_iter().take(MOST).map(Lot).collect())
}

list_query! {
    /// The list of lots.
    LotListQuery: lots,
    /// Lots of all products that are kept by lots, those that expire first before others.
    lots -> Lot,
    needs: StockRead,
    filter: LotWhere = "Which lots.",
    order: LotOrder as LotSort = "Sort keys, at most 3; those that expire first if absent.",
}

/// Whether a product is kept by lots.
pub struct LotTracking(Tracking);

impl From<Tracking> for LotTracking {
    fn from(tracking: Tracking) -> Self {
        Self(tracking)
    }
}

/// Whether a product is kept by lots.
#[Object(directive = has_permission::apply(P::StockRead))]
impl LotTracking {
    /// The product.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product).await
    }

    /// Whether what comes has to name its lot.
    async fn is_tracked(&self) -> bool {
        self.0.is_tracked
    }
}
