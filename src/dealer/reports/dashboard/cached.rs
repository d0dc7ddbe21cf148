//! Fields of the dashboard that are worked out once for all who look.

use chrono::NaiveDate;

use super::graphql::DashboardDeliveries;
use super::query::{self, Pile};
use crate::db::error::DbResult;
use crate::dealer::reports::areas;
use crate::dealer::reports::model::Figures;
use crate::tenancy::TenantTx;
use crate::tenancy::cache::{Area, Cached};

/// Sales of a day and of days to compare it with.
#[derive(Debug)]
pub(super) struct SalesOn(pub(super) NaiveDate);

impl Cached for SalesOn {
    type Value = [Figures; 3];

    fn area(&self) -> &'static Area {
        &areas::SALES
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::sales(tx, self.0).await
    }
}

/// Orders made on a day.
#[derive(Debug)]
pub(super) struct OrdersOn(pub(super) NaiveDate);

impl Cached for OrdersOn {
    type Value = Pile;

    fn area(&self) -> &'static Area {
        &areas::ORDERS
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::orders(tx, self.0).await
    }
}

/// Deliveries planned for a day.
#[derive(Debug)]
pub(super) struct DeliveriesOn(pub(super) NaiveDate);

impl Cached for DeliveriesOn {
    type Value = DashboardDeliveries;

    fn area(&self) -> &'static Area {
        &areas::DELIVERIES
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        let states = query::deliveries_of(tx, self.0).await?;
        Ok(DashboardDeliveries::of(&states))
    }
}

/// Quotes that can be accepted on a day.
#[derive(Debug)]
pub(super) struct OpenQuotes(pub(super) NaiveDate);

impl Cached for OpenQuotes {
    type Value = Pile;

    fn area(&self) -> &'static Area {
        &areas::QUOTES
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::open_quotes(tx, self.0).await
    }
}

/// What should have been paid before a day.
#[derive(Debug)]
pub(super) struct Overdue(pub(super) NaiveDate);

impl Cached for Overdue {
    type Value = (Pile, i64);

    fn area(&self) -> &'static Area {
        &areas::DEBTS
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::overdue(tx, self.0).await
    }
}

/// Levels of which less is available than should be.
#[derive(Debug)]
pub(super) struct LowStock;

impl Cached for LowStock {
    type Value = i64;

    fn area(&self) -> &'static Area {
        &areas::LEVELS
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::low_stock(tx).await
    }
}
