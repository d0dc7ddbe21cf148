//! The surface of prices that are asked for.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::model::{Answer, Beaten, BeatenReason, Buyer, PriceAsked, PriceSource, Quote};
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::quantity::loader::MeasuresOf;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::rules::graphql::PriceRule;
use crate::error::{AppError, AppResult, Refusal};
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// What something costs somebody.
pub struct Price(Quote);

/// What something costs somebody on a day.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl Price {
    /// Of what.
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        let id = self.0.product;
        Ok(Product(there(ctx, ProductById(id)).await?))
    }

    /// What one of the unit costs, with up to 4 decimals.
    async fn unit_price(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.unit_price.normalize())
    }

    /// What the price is for one of.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.0.unit).await
    }

    /// How many were asked for, in base units.
    async fn base_quantity(&self) -> Decimal {
        Decimal(self.0.base.normalize())
    }

    /// What all of it costs: computed exactly, and rounded once to the currency, halves away
    /// from zero.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount)
    }

    /// Where the price comes from.
    async fn source(&self) -> PriceSource {
        self.0.source
    }

    /// The rule that made it; null if it is the list price.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn rule(&self) -> Option<PriceRule> {
        self.0.rule.clone().map(PriceRule)
    }

    /// The rules for this product and buyer that did not make it, the strongest first; at
    /// most 50.
    #[graphql(
        guard = P::PricesRead,
        directive = has_permission::apply(P::PricesRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn beaten(&self) -> Vec<BeatenRule> {
        self.0.beaten.iter().cloned().map(BeatenRule).collect()
    }

    /// The day at the dealer for which it is.
    async fn at(&self) -> NaiveDate {
        self.0.at
    }
}

/// A rule that did not make the price.
pub struct BeatenRule(Beaten);

/// A price rule that did not make the price, and why.
#[Object(directive = has_permission::apply(P::PricesRead))]
impl BeatenRule {
    /// The rule.
    async fn rule(&self) -> PriceRule {
        PriceRule(self.0.rule.clone())
    }

    /// Why not.
    async fn reason(&self) -> BeatenReason {
        self.0.reason
    }
}

/// What goods cost, `quantity` of them or one of the base unit; none if there is no such
/// product, customer or job. A contractor at the portal is told his own price, and whoever
/// asks for somebody's has to be allowed to see prices.
pub(crate) async fn price_of(
    ctx: &Context<'_>,
    (product, quantity): (ProductId, Option<QuantityInput>),
    buyer: Buyer,
) -> AppResult<Option<Price>> {
    let Some(buyer) = permitted(ctx, buyer)? else {
        return Ok(None);
    };
    let base = match quantity {
        Some(quantity) => base_of(ctx, product, &quantity).await?,
        None => Some(rust_decimal::Decimal::ONE),
    };
    let Some(base) = base else {
        return Ok(None);
    };
    let asked = PriceAsked {
        product,
        base,
        buyer,
    };
    match ctx.unit()?.load(asked).await? {
        Some(Answer::Price(quote)) => Ok(Some(Price(*quote))),
        Some(Answer::NoProduct | Answer::NoCustomer | Answer::NoJob) | None => Ok(None),
        Some(Answer::TooLarge) => Err(AppError::bad_input("quantity", "the amount is too large")),
    }
}

/// Base units of an amount; none if there is no such product.
async fn base_of(
    ctx: &Context<'_>,
    product: ProductId,
    quantity: &QuantityInput,
) -> AppResult<Option<rust_decimal::Decimal>> {
    let Some(measures) = ctx.unit()?.load(MeasuresOf(product)).await? else {
        return Ok(None);
    };
    let asked = measures.asked((product, &["productId"]), (quantity, &["quantity"]));
    let asked = asked.map_err(|error| Refusal::from(error).into_error())?;
    Ok(Some(asked.amount.base))
}

fn permitted(ctx: &Context<'_>, buyer: Buyer) -> AppResult<Option<Buyer>> {
    let unit = ctx.unit()?;
    let context = unit.context();
    if let Some(own) = context.customer() {
        let own = Some(CustomerId::from_uuid(own));
        let is_own = buyer.customer.is_none() || buyer.customer == own;
        return Ok(is_own.then_some(Buyer {
            customer: own,
            ..buyer
        }));
    }
    if buyer.customer.is_some() || buyer.job.is_some() {
        context.require(P::PricesRead)?;
    }
    Ok(Some(buyer))
}

/// Queries on prices.
#[derive(Default)]
pub struct PriceQuery;

#[Object]
impl PriceQuery {
    /// What a product costs somebody, and why; null if there is no such product, customer or
    /// job. The first of these that has a price makes it: rules of the job, rules of the customer, the price
    /// list of the job or else of the customer, default price lists, rules for everybody in a
    /// category, the list price. Of several rules there the one for the product comes before
    /// the nearest category, then the highest minimum that is reached, then the newest. To
    /// name a customer or job takes prices:read; at the portal it is the caller's own price.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    #[expect(clippy::too_many_arguments, reason = "all that a price hangs on")]
    async fn price_for(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] product_id: ProductId,
        #[graphql(desc = "How much; one of its base unit if absent.")] quantity: Option<
            QuantityInput,
        >,
        #[graphql(desc = "For whom; absent for somebody at the counter.")] customer_id: Option<
            CustomerId,
        >,
        #[graphql(desc = "For which job; its customer need not be named.")] job_id: Option<JobId>,
        #[graphql(desc = "On which day at the dealer; today if absent.")] at: Option<NaiveDate>,
    ) -> AppResult<Option<Price>> {
        let buyer = Buyer {
            customer: customer_id,
            job: job_id,
            at,
        };
        price_of(ctx, (product_id, quantity), buyer).await
    }
}
