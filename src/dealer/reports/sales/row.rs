//! The surface of sales reports: their figures and rows.

use async_graphql::{Context, ID, Object};
use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::input::{Group, Period};
use super::query::{PeriodRow, Ranked};
use crate::dealer::catalog::categories::graphql::Category;
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::graphql::Quantity;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::reports::model::Figures;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::kernel::ids::UserId;

/// What some sales come to.
pub struct SalesFigures(pub(in crate::dealer::reports) Figures);

/// What some sales come to: posted invoices less credit notes, by the day on which they were
/// issued.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl SalesFigures {
    /// What was billed, without tax.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// How many lines invoices had; those of credit notes do not count.
    async fn lines(&self) -> i64 {
        self.0.lines
    }

    /// What of net is of goods whose cost is known; allowances, which are for no goods, are taken
    /// from it.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn costed_net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.costed_net)
    }

    /// What those goods had cost.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.cost)
    }

    /// costedNet less cost.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn margin(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.margin())
    }

    /// The margin in percent of costedNet, with two decimals; null if that is nothing.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn margin_percent(&self) -> Option<Decimal> {
        self.0.margin_percent().map(Decimal)
    }
}

/// Sales of a product, category, customer, job or salesperson, or of a period.
pub enum SalesRow {
    /// Of one of a kind.
    Group(Group, Ranked),
    /// Of a period.
    Time(Period, PeriodRow),
}

impl SalesRow {
    /// The id of what the row is of, if it is of such a kind and of one.
    fn key(&self, wanted: Group) -> Option<Uuid> {
        match self {
            Self::Group(group, row) if *group == wanted && !row.key.is_nil() => Some(row.key),
            Self::Group(..) | Self::Time(..) => None,
        }
    }

    /// Its place in a list, as a cursor holds it.
    pub(super) fn place(&self) -> Vec<String> {
        match self {
            Self::Group(_, row) => vec![row.rank.to_string(), row.key.to_string()],
            Self::Time(_, row) => vec![row.starts_on.to_string()],
        }
    }
}

/// Sales of one product, category, customer, job or salesperson, or of one period; what is
/// none of these is one row, too.
#[Object(directive = has_permission::apply(P::ReportsRead))]
impl SalesRow {
    /// First day of the period, if it is one; it may lie before the days that are looked at.
    async fn starts_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Time(_, row) => Some(row.starts_on),
            Self::Group(..) => None,
        }
    }

    /// Last day of the period, if it is one; it may lie behind the days that are looked at.
    async fn ends_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Time(period, row) => last_day(*period, row.starts_on),
            Self::Group(..) => None,
        }
    }

    /// The product, if it is one.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Option<Product>> {
        let Some(id) = self.key(Group::Product) else {
            return Ok(None);
        };
        let key = ProductById(ProductId::from_uuid(id));
        Ok(ctx.unit()?.load(key).await?.map(Product))
    }

    /// The category, if it is one.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn category(&self, ctx: &Context<'_>) -> AppResult<Option<Category>> {
        let Some(id) = self.key(Group::Category) else {
            return Ok(None);
        };
        let key = CategoryById(CategoryId::from_uuid(id));
        Ok(ctx.unit()?.load(key).await?.map(Category))
    }

    /// The customer, if it is one.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Option<Customer>> {
        let Some(id) = self.key(Group::Customer) else {
            return Ok(None);
        };
        let key = CustomerById(CustomerId::from_uuid(id));
        Ok(ctx.unit()?.load(key).await?.map(Customer))
    }

    /// The job, if it is one.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        let Some(id) = self.key(Group::Job) else {
            return Ok(None);
        };
        let key = JobById(JobId::from_uuid(id));
        Ok(ctx.unit()?.load(key).await?.map(Job))
    }

    /// Id of the user who sold it, if it is one.
    async fn salesperson_id(&self) -> Option<ID> {
        let id = UserId::from_uuid(self.key(Group::Salesperson)?);
        Some(id.to_string().into())
    }

    /// How much was sold of the product, in its base unit, if it is one.
    async fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Group(Group::Product, row) if !row.key.is_nil() => {
                let product = ProductId::from_uuid(row.key);
                Some(Quantity::in_base_of(product, row.figures.quantity))
            }
            Self::Group(..) | Self::Time(..) => None,
        }
    }

    /// What was sold on the days that are looked at.
    async fn figures(&self) -> SalesFigures {
        SalesFigures(match self {
            Self::Group(_, row) => row.figures,
            Self::Time(_, row) => row.figures(),
        })
    }

    /// What was sold on as many days before them; null for a period, which has the row before.
    async fn before(&self) -> Option<SalesFigures> {
        match self {
            Self::Group(_, row) => Some(SalesFigures(row.before)),
            Self::Time(..) => None,
        }
    }
}

fn last_day(period: Period, first: NaiveDate) -> Option<NaiveDate> {
    match period {
        Period::Day => Some(first),
        Period::Week => first.checked_add_days(Days::new(6)),
        Period::Month => first.checked_add_months(Months::new(1))?.pred_opt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_before_the_next() {
        let first = NaiveDate::from_ymd_opt(2028, 2, 1).unwrap();
        let last = |period| last_day(period, first).map(|day| day.to_string());
        assert_eq!(last(Period::Day).as_deref(), Some("2028-02-01"));
        assert_eq!(last(Period::Week).as_deref(), Some("2028-02-07"));
        assert_eq!(last(Period::Month).as_deref(), Some("2028-02-29"));
    }
}
