//! The surface of movements.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::input::StockMovementWhere;
use super::model::{MovementKind, MovementRow};
use super::query::{self, StockMovementOrder, StockMovementSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::lots::graphql::{StockMovementLot, lots_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::kernel::ids;

/// A change of what lies where.
#[derive(Clone)]
pub struct StockMovement(pub MovementRow);

impl From<MovementRow> for StockMovement {
    fn from(row: MovementRow) -> Self {
        Self(row)
    }
}

/// A change of what lies where. Movements are added and never changed: what was wrong is
/// set right by another one.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockMovement {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What moved.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Why.
    async fn kind(&self) -> MovementKind {
        self.0.kind
    }

    /// How much, in base units; below zero for what went.
    async fn quantity(&self) -> Quantity {
        self.amount(self.0.quantity)
    }

    /// What was there afterwards.
    async fn on_hand(&self) -> Quantity {
        self.amount(self.0.on_hand)
    }

    /// By how much the value of what is there changed.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.value)
    }

    /// What was there afterwards had cost this much.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn on_hand_value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.on_hand_value)
    }

    /// Id of the document that it is for; null if it is for none.
    async fn source_id(&self) -> Option<ID> {
        let (prefix, id) = (self.0.source.as_deref()?, self.0.source_id?);
        Some(ids::written(prefix, id).into())
    }

    /// Why, in a word out of those of the mutation.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Why, in the words of whoever did it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Its parts by lot; none if the product is not kept by lots.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> AppResult<Vec<StockMovementLot>> {
        lots_of(ctx, (self.0.id, self.0.product_id)).await
    }

    /// Its number among those of the product in the warehouse: 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// When; never before the movement with the number before.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

impl StockMovement {
    fn amount(&self, base: Decimal) -> Quantity {
        Quantity::in_base_of(self.0.product_id, base)
    }
}

list_query! {
    /// The list of movements.
    StockMovementQuery: query,
    /// What came and went, over all products and warehouses.
    stock_movements -> StockMovement,
    needs: StockRead,
    filter: StockMovementWhere = "Which movements.",
    order: StockMovementOrder as StockMovementSort = "Sort keys, at most 3; the latest first if absent.",
}
