//! The surface of price rules: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::PriceRuleWhere;
use super::model::{PriceMethod, PriceRuleRow};
use super::query::{self, PriceRuleOrder, PriceRuleSort};
use crate::dealer::catalog::categories::graphql::Category;
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::prices::history::graphql::{PriceChange, price_history};
use crate::dealer::prices::history::model::Kept;
use crate::dealer::prices::lists::graphql::PriceList;
use crate::dealer::prices::lists::loader::PriceListById;
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// A price other than the list price.
#[derive(Clone)]
pub struct PriceRule(pub PriceRuleRow);

impl From<PriceRuleRow> for PriceRule {
    fn from(row: PriceRuleRow) -> Self {
        Self(row)
    }
}

/// What something costs instead of its list price: for whom, from which quantity on, and
/// when.
#[Object(directive = has_permission::apply(P::PricesRead))]
impl PriceRule {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The price list in which it stands, if it is one's.
    async fn price_list(&self, ctx: &Context<'_>) -> AppResult<Option<PriceList>> {
        match self.0.price_list_id {
            Some(id) => Ok(ctx.unit()?.load(PriceListById(id)).await?.map(PriceList)),
            None => Ok(None),
        }
    }

    /// The customer whose it is, or whose job's.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Option<Customer>> {
        match self.0.customer_id {
            Some(id) => Ok(ctx.unit()?.load(CustomerById(id)).await?.map(Customer)),
            None => Ok(None),
        }
    }

    /// The job whose it is, if it is one's.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// The product that it prices; null if it prices a category.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Option<Product>> {
        match self.0.product_id {
            Some(id) => Ok(ctx.unit()?.load(ProductById(id)).await?.map(Product)),
            None => Ok(None),
        }
    }

    /// The category that it prices, with those below it; null if it prices a product.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn category(&self, ctx: &Context<'_>) -> AppResult<Option<Category>> {
        match self.0.category_id {
            Some(id) => Ok(ctx.unit()?.load(CategoryById(id)).await?.map(Category)),
            None => Ok(None),
        }
    }

    /// How the price is made.
    async fn method(&self) -> PriceMethod {
        self.0.method
    }

    /// FIXED: the price for one of the unit. Else the percentage; null for `COST_PLUS` to those
    /// who may not see costs.
    async fn value(&self, ctx: &Context<'_>) -> AppResult<Option<Decimal>> {
        Ok(shown(ctx, &self.0)?.then(|| Decimal(self.0.value.normalize())))
    }

    /// What a FIXED price is for one of; null for the product's base unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Option<Unit>> {
        match self.0.unit_id {
            Some(id) => unit_of(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// From how many on.
    async fn min_quantity(&self) -> Decimal {
        Decimal(self.0.min_quantity.normalize())
    }

    /// The unit of minQuantity; null for the product's base unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn min_unit(&self, ctx: &Context<'_>) -> AppResult<Option<Unit>> {
        match self.0.min_unit_id {
            Some(id) => unit_of(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The first day at the dealer.
    async fn valid_from(&self) -> NaiveDate {
        self.0.valid_from
    }

    /// The last day, which is included; null if no end is known.
    async fn valid_to(&self) -> Option<NaiveDate> {
        self.0.valid_to
    }

    /// What its value was, the latest change first. Empty for `COST_PLUS` to those who may not
    /// see costs.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn price_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<PriceChange>> {
        if !shown(ctx, &self.0)? {
            return Ok(Vec::new());
        }
        price_history(ctx, Kept::RuleValue, self.0.id.uuid(), first).await
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

/// From a price and the markup behind it anybody computes the cost.
fn shown(ctx: &Context<'_>, row: &PriceRuleRow) -> AppResult<bool> {
    let permissions = ctx.unit()?.context().permissions();
    Ok(row.method != PriceMethod::CostPlus || permissions.contains(P::CostRead))
}

list_query! {
    /// The list of price rules.
    PriceRuleListQuery: query,
    /// The dealer's price rules, those of the past and the future among them.
    price_rules -> PriceRule,
    needs: PricesRead,
    filter: PriceRuleWhere = "Which rules.",
    order: PriceRuleOrder as PriceRuleSort = "Sort keys, at most 3; the newest first if absent.",
}
