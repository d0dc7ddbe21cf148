//! The surface of valuations.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::query::{self, WorthRow};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::filter::common_era;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// What all that lies in stock had cost at a moment.
pub struct StockValuation {
    at: DateTime<Utc>,
    rows: Vec<WorthRow>,
}

/// What all that lay in stock at a moment had cost.
#[Object(directive = has_permission::apply(P::CostRead))]
impl StockValuation {
    /// The moment.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Over all warehouses.
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let sum: Decimal = self.rows.iter().map(|row| row.value).sum();
        Money::of_dealer(ctx, sum)
    }

    /// Each warehouse in which there was ever anything, by code.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn warehouses(&self) -> Vec<WarehouseValuation> {
        self.rows.iter().cloned().map(WarehouseValuation).collect()
    }
}

/// What lies in one warehouse.
pub struct WarehouseValuation(WorthRow);

/// What all that lay in one warehouse had cost.
#[Object(directive = has_permission::apply(P::CostRead))]
impl WarehouseValuation {
    /// Which warehouse.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// What it had cost.
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.value)
    }

    /// How many products there were some of.
    async fn products(&self) -> i64 {
        self.0.products
    }
}

/// Queries on what stock is worth.
#[derive(Default)]
pub struct StockValuationQuery;

#[Object]
impl StockValuationQuery {
    /// What all that lies in stock has cost, now or at a moment before.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn stock_valuation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment; now if absent.")] at: Option<DateTime<Utc>>,
    ) -> AppResult<StockValuation> {
        let unit = ctx.unit()?;
        let mut tx = unit.tx().await?;
        let at = match at {
            Some(at) => common_era(at)?,
            None => tx.now(),
        };
        let rows = query::worth(&mut tx, at).await?;
        Ok(StockValuation { at, rows })
    }
}
