//! The surface of quotes: their lines, and what they come to.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::loader::LinesByQuote;
use super::model::{QuoteLineRow, QuoteRow};
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::orders::model::SalePriceSource;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::kernel::money::{digits_of, totals};

/// A line of a quote.
pub struct QuoteLine(pub QuoteLineRow);

/// One line of a quote.
#[Object(directive = has_permission::apply(P::QuotesRead))]
impl QuoteLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// How much, in the unit in which it is asked for.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What one of the price's unit costs, before the discount and without tax, with up to 4
    /// decimals.
    async fn unit_price(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.unit_price.normalize())
    }

    /// What the price is for one of.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn price_unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.0.price_unit_id).await
    }

    /// Where the price comes from.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn price_source(&self) -> SalePriceSource {
        self.0.price_source
    }

    /// Why somebody has set the price or the discount.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn price_reason(&self) -> Option<&str> {
        self.0.price_reason.as_deref()
    }

    /// What is taken off the line, in percent.
    async fn discount(&self) -> Decimal {
        Decimal(self.0.discount.normalize())
    }

    /// What the line comes to without tax: discount taken off, rounded once.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// The tax on it, in percent.
    async fn tax_rate(&self) -> Decimal {
        Decimal(self.0.tax_rate.normalize())
    }

    /// In the words of whoever wrote it, to be read by the customer.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// What a quote comes to.
pub struct QuoteTotals(pub QuoteRow);

/// What a quote comes to.
#[Object(directive = has_permission::apply(P::QuotesRead))]
impl QuoteTotals {
    /// The sum of its lines.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// The tax on that.
    async fn tax(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.tax)
    }

    /// Both together.
    async fn gross(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net + self.0.tax)
    }

    /// The same by tax rate, the lowest first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn by_rate(&self, ctx: &Context<'_>) -> AppResult<Vec<QuoteTax>> {
        let rows = ctx.unit()?.load_list(LinesByQuote(self.0.id)).await?;
        let nets: Vec<_> = rows.iter().map(|row| (row.net, row.tax_rate)).collect();
        let sums = totals(&nets, digits_of(&self.0.currency)).map_err(AppError::internal)?;
        let group = |group: crate::kernel::money::TaxGroup| {
            Ok(QuoteTax {
                rate: Decimal(group.rate),
                net: Money::of_dealer(ctx, group.net)?,
                tax: Money::of_dealer(ctx, group.tax)?,
            })
        };
        sums.groups.into_iter().map(group).collect()
    }
}

/// What the lines of a quote with one tax rate come to.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::QuotesRead))]
pub struct QuoteTax {
    /// In percent.
    rate: Decimal,
    /// The sum of the lines.
    net: Money,
    /// The tax on that sum.
    tax: Money,
}
