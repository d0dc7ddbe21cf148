//! The surface of stock levels.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::input::StockLevelWhere;
use super::model::StockLevelRow;
use super::query::{self, StockLevelOrder, StockLevelSort};
use super::warehouses::graphql::Warehouse;
use super::warehouses::loader::WarehouseById;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::units::graphql::Unit;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, list, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::scalars::Decimal;

/// An exact amount of a product in one of its units.
#[derive(SimpleObject)]
pub struct Quantity {
    /// How many of the unit.
    pub value: Decimal,
    /// The unit.
    pub unit: Unit,
    /// The same amount in the product's base unit.
    pub in_base: Decimal,
}

/// How much of a product lies in a warehouse.
#[derive(Clone)]
pub struct StockLevel(pub StockLevelRow);

impl From<StockLevelRow> for StockLevel {
    fn from(row: StockLevelRow) -> Self {
        Self(row)
    }
}

impl StockLevel {
    async fn product_row(&self, ctx: &Context<'_>) -> AppResult<Product> {
        let row = ctx.unit()?.load(ProductById(self.0.product_id)).await?;
        row.map(Product)
            .ok_or_else(|| AppError::internal(format!("{} has vanished", self.0.product_id)))
    }

    async fn quantity(
        &self,
        ctx: &Context<'_>,
        value: rust_decimal::Decimal,
    ) -> AppResult<Quantity> {
        let product = self.product_row(ctx).await?;
        // Stored with the decimals of the column; shown with those it needs.
        let value = Decimal(value.normalize());
        Ok(Quantity {
            value,
            unit: unit_of(ctx, product.0.base_unit_id).await?,
            in_base: value,
        })
    }
}

/// How much of a product lies in a warehouse.
#[Object]
impl StockLevel {
    /// Of what.
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        self.product_row(ctx).await
    }

    /// Where.
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        let id = self.0.warehouse_id;
        let row = ctx.unit()?.load(WarehouseById(id)).await?;
        row.map(Warehouse)
            .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
    }

    /// What is physically there.
    async fn on_hand(&self, ctx: &Context<'_>) -> AppResult<Quantity> {
        self.quantity(ctx, self.0.on_hand).await
    }

    /// What is promised to orders.
    async fn reserved(&self, ctx: &Context<'_>) -> AppResult<Quantity> {
        self.quantity(ctx, self.0.reserved).await
    }

    /// What can still be promised: on hand less reserved.
    async fn available(&self, ctx: &Context<'_>) -> AppResult<Quantity> {
        self.quantity(ctx, self.0.on_hand - self.0.reserved).await
    }

    /// When the level last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Queries on stock levels.
#[derive(Default)]
pub struct StockLevelQuery;

#[Object]
impl StockLevelQuery {
    /// What lies where, over all products and warehouses.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the Relay specification wants them flat")]
    async fn stock_levels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which levels.")] filter: Option<StockLevelWhere>,
        #[graphql(desc = "Sort keys, at most 3; in the order products were made if absent.")]
        order_by: Option<Vec<StockLevelOrder>>,
    ) -> AppResult<Connection<StockLevel>> {
        let page = PageArgs { first, after, last, before };
        list!(ctx, query, order: StockLevelSort = order_by, filter: filter, page: page)
    }
}
