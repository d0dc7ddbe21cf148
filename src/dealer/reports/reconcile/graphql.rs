//! The surface of the proof.

use async_graphql::{Context, Enum, Object};
use chrono::NaiveDate;

use super::query::{self, DifferenceRow};
use crate::error::AppResult;
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// Most differences that are told.
const MOST: i64 = 200;

/// Which sums of sales are kept.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SalesSums {
    /// Of each day.
    Day,
    /// Of each day and product.
    Product,
    /// Of each day, customer, job and salesperson.
    Buyer,
}

/// A day on which kept sums are not those of the lines.
pub struct SalesDifference(DifferenceRow);

/// A day on which kept sums of sales are not those of the lines of invoices and credit notes.
#[Object(directive = has_permission::apply(P::CostRead))]
impl SalesDifference {
    /// Which sums.
    async fn kept(&self) -> SalesSums {
        match self.0.kept.as_str() {
            "PRODUCT" => SalesSums::Product,
            "BUYER" => SalesSums::Buyer,
            _ => SalesSums::Day,
        }
    }

    /// The day.
    async fn day(&self) -> NaiveDate {
        self.0.day
    }

    /// How many sums of the day are wrong.
    async fn sums(&self) -> i64 {
        self.0.sums
    }

    /// What these say was sold, without tax.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// What the lines say was sold.
    async fn net_of_lines(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net_of_lines)
    }

    /// What these say the goods had cost.
    async fn cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.cost)
    }

    /// What the lines say the goods had cost.
    async fn cost_of_lines(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.cost_of_lines)
    }
}

/// The proof of the sums of sales.
#[derive(Default)]
pub struct SalesReconcileQuery;

#[Object]
impl SalesReconcileQuery {
    /// Proves the sums that sales reports are made of: the days, at most 200, on which they are
    /// not those of the lines of posted invoices and credit notes. None, if all is well. Reads
    /// every line there is.
    #[graphql(
        guard = P::CostRead,
        directive = has_permission::apply(P::CostRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn sales_reconcile(&self, ctx: &Context<'_>) -> AppResult<Vec<SalesDifference>> {
        let unit = ctx.unit()?;
        let rows = query::differences(&mut *unit.tx().await?, MOST).await?;
        Ok(rows.into_iter().map(SalesDifference).collect())
    }
}
