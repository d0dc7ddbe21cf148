//! The surface of sales reports.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::input::{By, Group, Rank, SalesBy, TopProductsBy, Window};
use super::page::rows;
use super::query;
use super::row::{SalesFigures, SalesRow};
use crate::db::keyset::PageRequest;
use crate::dealer::reports::model::Figures;
use crate::error::AppResult;
use crate::graphql::connection::{Connection, PageArgs, list_cost, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// What was sold on some days.
pub struct SalesSummary {
    by: By,
    window: Window,
    now: Figures,
    before: Figures,
}

/// What was sold on some days, in all and in parts.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl SalesSummary {
    /// The first day.
    async fn from(&self) -> NaiveDate {
        self.window.from
    }

    /// The last day.
    async fn to(&self) -> NaiveDate {
        self.window.to
    }

    /// All of it.
    async fn total(&self) -> SalesFigures {
        SalesFigures(self.now)
    }

    /// All that was sold on as many days before.
    async fn before(&self) -> SalesFigures {
        SalesFigures(self.before)
    }

    /// Its parts: periods from the earliest on, others from what was sold for most on. Those
    /// without sales on these days are left out.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200; 50 if absent.")] first: Option<i32>,
        #[graphql(desc = "Start behind this cursor, which is good for the same days only.")]
        after: Option<String>,
    ) -> AppResult<Connection<SalesRow>> {
        rows(ctx, (self.by, Rank::Net), self.window, (first, after)).await
    }
}

/// Customers by what they brought in.
pub struct CustomerMargins(Window);

/// Customers by what they brought in beyond its cost.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl CustomerMargins {
    /// Those who bought on these days, the one who brought most in first. Takes cost:read, too.
    #[graphql(
        guard = P::CostRead,
        complexity = "page_cost(first, None, child_complexity)"
    )]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200; 50 if absent.")] first: Option<i32>,
        #[graphql(desc = "Start behind this cursor, which is good for the same days only.")]
        after: Option<String>,
    ) -> AppResult<Connection<SalesRow>> {
        let what = (By::Group(Group::Customer), Rank::Margin);
        rows(ctx, what, self.0, (first, after)).await
    }
}

/// Queries on sales.
#[derive(Default)]
pub struct SalesQuery;

#[Object]
impl SalesQuery {
    /// What was sold from one day to another, in all and in parts, beside what was sold on as
    /// many days before. Posted invoices less credit notes, by the day on which they were
    /// issued. At most ten years.
    #[graphql(guard = P::ReportsRead, directive = has_permission::apply(P::ReportsRead))]
    async fn sales_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The parts.")] by: SalesBy,
        #[graphql(desc = "The first day, at the dealer's place.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
    ) -> AppResult<SalesSummary> {
        let window = Window::new(from, to, None)?;
        let unit = ctx.unit()?;
        let (now, before) = query::totals(&mut *unit.tx().await?, window).await?;
        Ok(SalesSummary {
            by: by.parted(),
            window,
            now,
            before,
        })
    }

    /// The products that were sold most from one day to another, each beside what was sold of
    /// it on as many days before.
    #[graphql(
        guard = P::ReportsRead,
        directive = has_permission::apply(P::ReportsRead),
        complexity = "list_cost(child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn top_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, at the dealer's place.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
        #[graphql(desc = "By what they are ranked.", default_with = "TopProductsBy::Net")]
        by: TopProductsBy,
        #[graphql(desc = "How many, 1 to 200.", default = 10)] first: i32,
    ) -> AppResult<Vec<SalesRow>> {
        let window = Window::new(from, to, None)?;
        let request = PageRequest::try_from(PageArgs {
            first: Some(first),
            ..PageArgs::default()
        })?;
        let (what, unit) = ((Group::Product, by.into()), ctx.unit()?);
        // One more than is asked for: what is billed and is no product may be among them.
        let page = (None, request.fetch_limit());
        let rows = query::ranked(&mut *unit.tx().await?, what, window, page).await?;
        unit.spend(rows.len())?;
        let products = rows.into_iter().filter(|row| !row.key.is_nil());
        let row = |row| SalesRow::Group(Group::Product, row);
        Ok(products.take(request.size).map(row).collect())
    }

    /// Customers by what they brought in beyond its cost from one day to another.
    #[graphql(guard = P::ReportsRead, directive = has_permission::apply(P::ReportsRead))]
    async fn margin_by_customer(
        &self,
        #[graphql(desc = "The first day, at the dealer's place.")] from: NaiveDate,
        #[graphql(desc = "The last day.")] to: NaiveDate,
    ) -> AppResult<CustomerMargins> {
        Ok(CustomerMargins(Window::new(from, to, None)?))
    }
}
