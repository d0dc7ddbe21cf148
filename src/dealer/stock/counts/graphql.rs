//! The surface of counts: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::input::StockCountWhere;
use super::loader::{LinesByStockCount, StockCountById, StockCountByNumber, SumsByStockCount};
use super::model::{
    StockCountAction, StockCountId, StockCountLineRow, StockCountRow, StockCountState,
    StockCountSums,
};
use super::query::{self, StockCountOrder, StockCountSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// A count of what is there.
#[derive(Clone)]
pub struct StockCount(pub StockCountRow);

impl From<StockCountRow> for StockCount {
    fn from(row: StockCountRow) -> Self {
        Self(row)
    }
}

/// A count of what is in a warehouse. Goods may come and go meanwhile: what is counted is
/// compared with what the books say at that moment.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockCount {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Where it stands.
    async fn state(&self) -> StockCountState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<&'static [StockCountAction]> {
        let may = ctx.unit()?.context().permissions().contains(P::StockAdjust);
        Ok(if may { self.0.state.actions() } else { &[] })
    }

    /// Its lines, in their order; at most 1000.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those that are counted (true), or only those that are not (false)."
        )]
        counted: Option<bool>,
    ) -> AppResult<Vec<StockCountLine>> {
        let rows = ctx.unit()?.load_list(LinesByStockCount(self.0.id)).await?;
        let wanted = |row: &StockCountLineRow| {
            counted.is_none_or(|counted| counted == row.counted.is_some())
        };
        Ok(rows
            .into_iter()
            .filter(wanted)
            .map(StockCountLine)
            .collect())
    }

    /// How many lines it has.
    async fn line_count(&self, ctx: &Context<'_>) -> AppResult<i64> {
        Ok(self.sums(ctx).await?.lines)
    }

    /// How many of its lines are counted.
    async fn counted_lines(&self, ctx: &Context<'_>) -> AppResult<i64> {
        Ok(self.sums(ctx).await?.counted)
    }

    /// What all variances are worth; below zero if more is missing than was found.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn variance_value(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.sums(ctx).await?.variance_value)
    }

    /// In the words of whoever opened it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Counts the changes of this record and of its lines; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

impl StockCount {
    async fn sums(&self, ctx: &Context<'_>) -> AppResult<StockCountSums> {
        let sums = ctx.unit()?.load(SumsByStockCount(self.0.id)).await?;
        sums.ok_or_else(|| AppError::internal(format!("{} has no lines", self.0.id)))
    }
}

/// A line of a count.
pub struct StockCountLine(StockCountLineRow);

/// One product of a count.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockCountLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// What the books said when it was counted, or, if it is not, when the count was opened.
    async fn expected(&self) -> Quantity {
        self.amount(self.0.expected)
    }

    /// What was there, in base units; null if it is not counted.
    async fn counted(&self) -> Option<Quantity> {
        self.0.counted.map(|base| self.amount(base))
    }

    /// By how much more was there than the books said, below zero if less; null if it is not
    /// counted. This is what is posted.
    async fn variance(&self) -> Option<Quantity> {
        self.0.variance().map(|base| self.amount(base))
    }

    /// What the variance is worth: by the cost when it was counted, and once posted, by how
    /// much it changed the value on hand.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn variance_value(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let value = self.0.variance_value;
        value.map(|value| Money::of_dealer(ctx, value)).transpose()
    }

    /// Number of the latest movement of the product in the warehouse that is in `expected`;
    /// 0 if there was none. Those after it make no difference to the count.
    async fn watermark(&self) -> i64 {
        self.0.watermark
    }

    /// When it was counted.
    async fn counted_at(&self) -> Option<DateTime<Utc>> {
        self.0.counted_at
    }

    /// Counts the changes of this line; send it as its `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl StockCountLine {
    fn amount(&self, base: Decimal) -> Quantity {
        Quantity::in_base_of(self.0.product_id, base)
    }
}

/// Queries on counts.
#[derive(Default)]
pub struct StockCountQuery;

#[Object]
impl StockCountQuery {
    /// One count, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn stock_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<StockCountId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<StockCount>> {
        let keys = (id.map(StockCountById), number.map(StockCountByNumber));
        let message = "name the count by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(StockCount))
    }
}

list_query! {
    /// The list of counts.
    StockCountListQuery: query,
    /// Counts of what is there, open and ended.
    stock_counts -> StockCount,
    needs: StockRead,
    filter: StockCountWhere = "Which counts.",
    order: StockCountOrder as StockCountSort = "Sort keys, at most 3; the latest first if absent.",
}
