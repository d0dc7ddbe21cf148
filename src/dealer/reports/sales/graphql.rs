//! The surface of sales reports.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::input::{By, Group, Period, Rank, SalesBy, TopProductsBy, Window};
use super::query::{self, PeriodRow, Place, Ranked};
use crate::db::keyset::{Cursor, PageRequest, foreign_cursor};
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
use crate::graphql::connection::{
    Connection, PageArgs, TotalCount, connect_placed, list_cost, page_cost,
};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::graphql::scope::UnitOfWork;
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

    /// What of net is of goods whose cost is known.
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

    fn place(&self) -> Vec<String> {
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

/// One page of parts: one statement.
async fn rows(
    ctx: &Context<'_>,
    (by, rank): (By, Rank),
    window: Window,
    (first, after): (Option<i32>, Option<String>),
) -> AppResult<Connection<SalesRow>> {
    let request = PageRequest::try_from(PageArgs {
        first,
        after,
        ..PageArgs::default()
    })?;
    let list = format!("sales {by:?} {rank:?} {} {}", window.from, window.to);
    let unit = ctx.unit()?;
    let found = match by {
        By::Group(group) => {
            let page = (place(&request, &list)?, request.fetch_limit());
            let rows = query::ranked(&mut *unit.tx().await?, (group, rank), window, page).await?;
            let row = |row| SalesRow::Group(group, row);
            rows.into_iter().map(row).collect::<Vec<_>>()
        }
        By::Time(period) => {
            let page = (day(&request, &list)?, request.fetch_limit());
            let rows = query::periods(&mut *unit.tx().await?, period, window, page).await?;
            let row = |row| SalesRow::Time(period, row);
            rows.into_iter().map(row).collect()
        }
    };
    unit.spend(found.len())?;
    let placed = |row: SalesRow| {
        let (order, values) = (list.clone(), row.place());
        (Cursor { order, values }, row)
    };
    let page = request.page(found.into_iter().map(placed).collect());
    let total = TotalCount::new(move |unit: Arc<UnitOfWork>| async move {
        let mut tx = unit.tx().await?;
        Ok(match by {
            By::Group(group) => query::count_groups(&mut tx, group, window).await?,
            By::Time(period) => query::count_periods(&mut tx, period, window).await?,
        })
    });
    Ok(connect_placed(page, total))
}

/// The rank and key of a cursor of this list.
fn place(request: &PageRequest, list: &str) -> AppResult<Option<Place>> {
    let Some(cursor) = &request.cursor else {
        return Ok(None);
    };
    let place = match cursor.values.as_slice() {
        [rank, key] if cursor.order == list => rank.parse().ok().zip(key.parse().ok()),
        _ => None,
    };
    place.map(Some).ok_or_else(foreign_cursor)
}

/// The day of a cursor of this list.
fn day(request: &PageRequest, list: &str) -> AppResult<Option<NaiveDate>> {
    let Some(cursor) = &request.cursor else {
        return Ok(None);
    };
    let day = match cursor.values.as_slice() {
        [day] if cursor.order == list => day.parse().ok(),
        _ => None,
    };
    day.map(Some).ok_or_else(foreign_cursor)
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
