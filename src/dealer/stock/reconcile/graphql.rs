//! The surface of the proof.

use async_graphql::{Context, Object};
use rust_decimal::Decimal;

use super::query::{self, DifferenceRow};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// Most differences that are told.
const MOST: i64 = 200;

/// A level that is not what its movements and reservations make it.
pub struct StockDifference(DifferenceRow);

/// A level that is not what its movements and reservations make it.
#[Object(directive = has_permission::apply(P::CostRead))]
impl StockDifference {
    /// Of what.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// On hand, as the level says.
    async fn on_hand(&self) -> Quantity {
        self.amount(self.0.on_hand)
    }

    /// The sum of its movements.
    async fn moved(&self) -> Quantity {
        self.amount(self.0.moved)
    }

    /// Its value, as the level says.
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.value)
    }

    /// The sum of its movements' values.
    async fn moved_value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.moved_value)
    }

    /// Promised, as the level says.
    async fn reserved(&self) -> Quantity {
        self.amount(self.0.reserved)
    }

    /// The sum of what is open of its reservations.
    async fn promised(&self) -> Quantity {
        self.amount(self.0.promised)
    }

    /// The sum of what is on hand of its lots; null if the product is not kept by lots.
    async fn in_lots(&self) -> Option<Quantity> {
        self.0.in_lots.map(|base| self.amount(base))
    }

    /// The sum of what moved of its lots; null if the product is not kept by lots.
    async fn moved_in_lots(&self) -> Option<Quantity> {
        self.0.moved_in_lots.map(|base| self.amount(base))
    }
}

impl StockDifference {
    fn amount(&self, base: Decimal) -> Quantity {
        Quantity::in_base_of(self.0.product_id, base)
    }
}

/// The proof of the books of stock.
#[derive(Default)]
pub struct StockReconcileQuery;

#[Object]
impl StockReconcileQuery {
    /// Proves the books of stock: the levels, at most 200, that are not the sums of their
    /// movements, reservations and lots. None, if all is well.
    #[graphql(
        guard = P::CostRead,
        directive = has_permission::apply(P::CostRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn stock_reconcile(&self, ctx: &Context<'_>) -> AppResult<Vec<StockDifference>> {
        let unit = ctx.unit()?;
        let rows = query::differences(&mut *unit.tx().await?, MOST).await?;
        Ok(rows.into_iter().map(StockDifference).collect())
    }
}
