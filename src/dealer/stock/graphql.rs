//! The surface of stock levels.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::input::StockLevelWhere;
use super::model::StockLevelRow;
use super::query::{self, StockLevelOrder, StockLevelSort};
use super::warehouses::graphql::Warehouse;
use super::warehouses::loader::WarehouseById;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::graphql::scalars::Decimal;

/// An exact amount of a product, in its base unit.
pub struct Quantity {
    value: Decimal,
    of: Measured,
}

/// The product an amount is of, and its base unit where that is known already.
#[derive(Clone, Copy)]
struct Measured {
    product: ProductId,
    base_unit: Option<UnitId>,
}

impl Measured {
    async fn product(self, ctx: &Context<'_>) -> AppResult<Product> {
        let row = ctx.unit()?.load(ProductById(self.product)).await?;
        row.map(Product)
            .ok_or_else(|| AppError::internal(format!("{} has vanished", self.product)))
    }

    async fn base_unit(self, ctx: &Context<'_>) -> AppResult<Unit> {
        let id = match self.base_unit {
            Some(id) => id,
            None => self.product(ctx).await?.0.base_unit_id,
        };
        unit_of(ctx, id).await
    }
}

/// An exact amount of a product in one of its units.
#[Object(directive = open_to_all::apply())]
impl Quantity {
    /// How many of the unit.
    async fn value(&self) -> Decimal {
        self.value
    }

    /// The unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        self.of.base_unit(ctx).await
    }

    /// The same amount in the product's base unit.
    async fn in_base(&self) -> Decimal {
        self.value
    }
}

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

    const fn measured(&self) -> Measured {
        Measured {
            product: self.row.product_id,
            base_unit: self.base_unit,
        }
    }

    fn quantity(&self, value: rust_decimal::Decimal) -> Quantity {
        Quantity {
            // Stored with the decimals of the column; shown with those it needs.
            value: Decimal(value.normalize()),
            of: self.measured(),
        }
    }
}

/// How much of a product lies in a warehouse.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockLevel {
    /// Of what.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        self.measured().product(ctx).await
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        let id = self.row.warehouse_id;
        let row = ctx.unit()?.load(WarehouseById(id)).await?;
        row.map(Warehouse)
            .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
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
        self.quantity(self.row.on_hand - self.row.reserved)
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
