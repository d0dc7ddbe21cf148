//! The surface of a level's settings, and of what should be bought.

use async_graphql::{Context, Object};

use super::input::StockLevelSetInput;
use super::service::{self, Suggestion};
use crate::dealer::catalog::quantity::graphql::Quantity;
use crate::dealer::stock::graphql::StockLevel;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most suggestions of one answer.
const MOST: i32 = 200;

/// Goods that run out.
pub struct ReorderSuggestion(Suggestion);

/// Goods of which less is available and ordered than should be.
#[Object(directive = has_permission::apply(P::StockRead))]
impl ReorderSuggestion {
    /// The level that is below its reorder point.
    async fn level(&self) -> StockLevel {
        self.0.level.clone().into()
    }

    /// What is ordered of suppliers for the warehouse and has not come, drafts among it.
    async fn incoming(&self) -> Quantity {
        Quantity::in_base_of(self.0.level.product_id, self.0.incoming)
    }

    /// How much should be bought: as many lots as bring what is available and ordered to the
    /// point.
    async fn quantity(&self) -> Quantity {
        Quantity::in_base_of(self.0.level.product_id, self.0.wanted())
    }
}

/// Queries on what should be bought.
#[derive(Default)]
pub struct ReorderQuery;

#[Object]
impl ReorderQuery {
    /// Goods of which less is available and ordered than should be, by warehouse and product;
    /// reorderToPurchaseOrders orders them. None in archived warehouses and those of kind
    /// TRANSIT.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn reorder_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this warehouse.")] warehouse_id: Option<WarehouseId>,
        #[graphql(desc = "How many, 1 to 200.", default = 50)] first: i32,
    ) -> AppResult<Vec<ReorderSuggestion>> {
        if !(1..=MOST).contains(&first) {
            return Err(AppError::bad_input("first", "must be between 1 and 200"));
        }
        let unit = ctx.unit()?;
        let of = (warehouse_id, None);
        let rows = service::suggestions(&mut *unit.tx().await?, of, first.into()).await?;
        Ok(rows.into_iter().map(ReorderSuggestion).collect())
    }
}

payload! {
    /// Result of stockLevelSet.
    StockLevelSetPayload {
        /// The level; null if it was refused.
        stock_level: StockLevel
    }
}

/// Mutations on a level's settings.
#[derive(Default)]
pub struct StockLevelMutation;

#[Object]
impl StockLevelMutation {
    /// Sets how a product is kept in a warehouse.
    #[graphql(guard = P::StockAdjust, directive = has_permission::apply(P::StockAdjust))]
    async fn stock_level_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How it is kept.")] input: StockLevelSetInput,
    ) -> AppResult<StockLevelSetPayload> {
        let unit = ctx.unit()?;
        let result = service::set(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
