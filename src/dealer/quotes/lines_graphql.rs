//! The surface of quotes: their lines.

use async_graphql::{Context, ID, Object};

use super::model::QuoteLineRow;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::orders::model::SalePriceSource;
use crate::error::AppResult;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

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
