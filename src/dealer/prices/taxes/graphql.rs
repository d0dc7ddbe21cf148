//! The surface of tax classes and rates: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::{TaxClassWhere, TaxRateWhere};
use super::loader::TaxClassById;
use super::model::{TaxClassRow, TaxRateRow};
use super::query::{self, TaxClassOrder, TaxClassSort};
use super::rates::query::{self as rate_query, TaxRateOrder, TaxRateSort};
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// What a product is for the tax office.
#[derive(Clone)]
pub struct TaxClass(pub TaxClassRow);

impl From<TaxClassRow> for TaxClass {
    fn from(row: TaxClassRow) -> Self {
        Self(row)
    }
}

/// What a product is for the tax office: standard, reduced, exempt.
#[Object(directive = has_permission::apply(P::PricesRead))]
impl TaxClass {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A tax rate.
#[derive(Clone)]
pub struct TaxRate(pub TaxRateRow);

impl From<TaxRateRow> for TaxRate {
    fn from(row: TaxRateRow) -> Self {
        Self(row)
    }
}

/// What a tax class is taxed in a region for some days.
#[Object(directive = has_permission::apply(P::PricesRead))]
impl TaxRate {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Of which class.
    async fn tax_class(&self, ctx: &Context<'_>) -> AppResult<TaxClass> {
        let id = self.0.tax_class_id;
        Ok(TaxClass(there(ctx, TaxClassById(id)).await?))
    }

    /// Where; empty for wherever no rate of its own holds.
    async fn region(&self) -> &str {
        &self.0.region
    }

    /// In percent.
    async fn rate(&self) -> Decimal {
        Decimal(self.0.rate.normalize())
    }

    /// The first day at the dealer.
    async fn valid_from(&self) -> NaiveDate {
        self.0.valid_from
    }

    /// The last day, which is included; null if no end is known.
    async fn valid_to(&self) -> Option<NaiveDate> {
        self.0.valid_to
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

list_query! {
    /// The list of tax classes.
    TaxClassListQuery: query,
    /// The dealer's tax classes.
    tax_classes -> TaxClass,
    needs: PricesRead,
    filter: TaxClassWhere = "Which classes.",
    order: TaxClassOrder as TaxClassSort = "Sort keys, at most 3; by code if absent.",
}

list_query! {
    /// The list of tax rates.
    TaxRateListQuery: rate_query,
    /// The tax rates of all classes, those of the past and the future among them.
    tax_rates -> TaxRate,
    needs: PricesRead,
    filter: TaxRateWhere = "Which rates.",
    order: TaxRateOrder as TaxRateSort = "Sort keys, at most 3; by region if absent.",
}
