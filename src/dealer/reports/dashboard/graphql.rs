//! The surface of the dashboard.

use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cached::{DeliveriesOn, LowStock, OpenQuotes, OrdersOn, Overdue, SalesOn};
use super::query::Pile;
use crate::dealer::calendar;
use crate::dealer::deliveries::model::DeliveryState;
use crate::dealer::reports::model::Figures;
use crate::dealer::reports::sales::row::SalesFigures;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// What the owner looks at each morning.
pub struct Dashboard(NaiveDate);

/// What the owner looks at each morning. Each field costs one statement, if it is asked for
/// and something has happened since the last time.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl Dashboard {
    /// Today, at the dealer's place.
    async fn day(&self) -> NaiveDate {
        self.0
    }

    /// Sales of today beside those of yesterday and of the same day last week.
    async fn sales(&self, ctx: &Context<'_>) -> AppResult<DashboardSales> {
        let sales = ctx.unit()?.cached(SalesOn(self.0)).await?;
        Ok(DashboardSales(sales))
    }

    /// Orders made today, drafts and cancelled ones aside.
    async fn orders(&self, ctx: &Context<'_>) -> AppResult<DashboardPile> {
        let orders = ctx.unit()?.cached(OrdersOn(self.0)).await?;
        Ok(DashboardPile(orders))
    }

    /// Deliveries planned for today.
    async fn deliveries(&self, ctx: &Context<'_>) -> AppResult<DashboardDeliveries> {
        ctx.unit()?.cached(DeliveriesOn(self.0)).await
    }

    /// Quotes that are sent, not answered, and can still be accepted.
    async fn open_quotes(&self, ctx: &Context<'_>) -> AppResult<DashboardPile> {
        let quotes = ctx.unit()?.cached(OpenQuotes(self.0)).await?;
        Ok(DashboardPile(quotes))
    }

    /// What customers should have paid before today.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn overdue(&self, ctx: &Context<'_>) -> AppResult<DashboardOverdue> {
        let (pile, customers) = ctx.unit()?.cached(Overdue(self.0)).await?;
        Ok(DashboardOverdue { pile, customers })
    }

    /// Products in warehouses of which less is available than their reorder point.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn low_stock_count(&self, ctx: &Context<'_>) -> AppResult<i64> {
        ctx.unit()?.cached(LowStock).await
    }
}

/// Sales of today and of days to compare it with.
pub struct DashboardSales([Figures; 3]);

/// Sales of today and of days to compare it with.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl DashboardSales {
    /// Of today.
    async fn today(&self) -> SalesFigures {
        let [today, _, _] = self.0;
        SalesFigures(today)
    }

    /// Of yesterday.
    async fn yesterday(&self) -> SalesFigures {
        let [_, yesterday, _] = self.0;
        SalesFigures(yesterday)
    }

    /// Of the same day last week.
    async fn same_day_last_week(&self) -> SalesFigures {
        let [_, _, last_week] = self.0;
        SalesFigures(last_week)
    }
}

/// Some documents, and what they come to.
pub struct DashboardPile(Pile);

/// Some documents, and what they come to.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl DashboardPile {
    /// How many.
    async fn count(&self) -> i64 {
        self.0.count
    }

    /// What they come to, without tax.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount)
    }
}

/// Deliveries planned for a day, by where they stand; cancelled ones are left out.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[graphql(directive = has_permission::apply(P::ReportsRead))]
pub struct DashboardDeliveries {
    /// Not on their way yet.
    planned: i64,
    /// On their way.
    dispatched: i64,
    /// Handed over.
    delivered: i64,
    /// Come back.
    failed: i64,
}

impl DashboardDeliveries {
    /// Of deliveries by their states.
    pub(super) fn of(states: &[(DeliveryState, i64)]) -> Self {
        let mut all = Self::default();
        for (state, count) in states {
            match state {
                DeliveryState::Planned | DeliveryState::Loaded => all.planned += count,
                DeliveryState::Dispatched => all.dispatched += count,
                DeliveryState::Delivered => all.delivered += count,
                DeliveryState::Failed => all.failed += count,
                DeliveryState::Cancelled => {}
            }
        }
        all
    }
}

/// What should have been paid.
pub struct DashboardOverdue {
    pile: Pile,
    customers: i64,
}

/// What customers should have paid before today.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl DashboardOverdue {
    /// How many debts.
    async fn count(&self) -> i64 {
        self.pile.count
    }

    /// Of how many customers.
    async fn customers(&self) -> i64 {
        self.customers
    }

    /// What of them is not paid.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.pile.amount)
    }
}

/// The dashboard.
#[derive(Default)]
pub struct DashboardQuery;

#[Object]
impl DashboardQuery {
    /// What the owner looks at each morning.
    #[graphql(guard = P::ReportsRead, directive = has_permission::apply(P::ReportsRead))]
    async fn dashboard(&self, ctx: &Context<'_>) -> AppResult<Dashboard> {
        let unit = ctx.unit()?;
        Ok(Dashboard(calendar::today(&mut *unit.tx().await?).await?))
    }
}
