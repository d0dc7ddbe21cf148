//! The surface of stock levels.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::input::StockLevelWhere;
use super::model::StockLevelRow;
use super::query::{self, StockLevelOrder, StockLevelSort};
use super::warehouses::graphql::{Warehouse, warehouse_of};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::model::UnitId;
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// How much of a product lies in a warehouse.
#[derive(Clone)]
pub struct StockLevel {
    row: StockLevelRow,
    base_unit: Option<UnitId>,
}

impl From<StockLevelRow> for StockLevel {
    fn from(row: StockLevelRow) -> Self {
        Self {
            row,
            base_unit: None,
        }
    }
}

impl StockLevel {
    /// A level of a product whose base unit is at hand.
    pub const fn of(row: StockLevelRow, base_unit: UnitId) -> Self {
        Self {
            row,
            base_unit: Some(base_unit),
        }
    }

    fn quantity(&self, base: Decimal) -> Quantity {
        match self.base_unit {
            Some(unit) => Quantity::in_unit(unit, base, base),
            None => Quantity::in_base_of(self.row.product_id, base),
        }
    }
}

/// How much of a product lies in a warehouse.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockLevel {
    /// Of what.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.row.product_id).await
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.row.warehouse_id).await
    }

    /// What is physically there.
    async fn on_hand(&self) -> Quantity {
        self.quantity(self.row.on_hand)
    }

    /// What is promised to orders.
    async fn reserved(&self) -> Quantity {
        self.quantity(self.row.reserved)
    }

    /// What can still be promised: on hand less reserved.
    async fn available(&self) -> Quantity {
        self.quantity(self.row.available())
    }

    /// What lies there has cost this much.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.row.value)
    }

    /// What a base unit of it has cost on average, or had when some was last there.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn average_cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.row.balance().cost().normalize())
    }

    /// Whether goods may go before they come.
    async fn may_be_negative(&self) -> bool {
        self.row.may_be_negative
    }

    /// What is available should not fall below this; null if nobody minds.
    async fn reorder_point(&self) -> Option<Quantity> {
        self.row.reorder_point.map(|point| self.quantity(point))
    }

    /// How much is bought at a time.
    async fn reorder_quantity(&self) -> Option<Quantity> {
        self.row.reorder_quantity.map(|most| self.quantity(most))
    }

    /// When the level last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

list_query! {
    /// The list of stock levels.
    StockLevelQuery: query,
    /// What lies where, over all products and warehouses.
    stock_levels -> StockLevel,
    needs: StockRead,
    filter: StockLevelWhere = "Which levels.",
    order: StockLevelOrder as StockLevelSort = "Sort keys, at most 3; in the order products were made if absent.",
}
