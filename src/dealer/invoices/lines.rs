//! The surface of invoices: their lines.

use async_graphql::{Context, ID, Object};

use super::loader::{CreditedByInvoice, InvoiceLineById};
use super::model::InvoiceLineRow;
use super::query::Credited;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::orders::graphql::order_line_of;
use crate::dealer::orders::line::OrderLine;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;

/// A line of an invoice.
pub struct InvoiceLine(pub InvoiceLineRow);

impl InvoiceLine {
    fn quantity_of(&self, base: rust_decimal::Decimal) -> Option<Quantity> {
        let row = &self.0;
        let unit = row.unit_id?;
        if base == row.quantity {
            return Some(Quantity::in_unit(unit, row.unit_quantity, base));
        }
        let half = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        let back = Ratio::new(row.num, row.den).ok()?.inverse();
        let value = back.to_base_rounded(base, MOST_DECIMALS, half).ok()?;
        Some(Quantity::in_unit(unit, value, base))
    }

    async fn credited_of(&self, ctx: &Context<'_>) -> AppResult<Credited> {
        let key = CreditedByInvoice(self.0.invoice_id);
        let credited = ctx.unit()?.load(key).await?.unwrap_or_default();
        Ok(credited.get(&self.0.id).copied().unwrap_or_default())
    }
}

/// One line of an invoice or credit note.
#[Object(directive = has_permission::apply(P::InvoicesRead))]
impl InvoiceLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What; null where an amount is credited that is of no line.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Option<Product>> {
        match self.0.product_id {
            Some(id) => Ok(Some(product_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// The product's name as it was, or what else is billed.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// How much, in the unit in which it was ordered; nothing where an amount is credited and no
    /// goods, null if that is of no line.
    async fn quantity(&self) -> Option<Quantity> {
        self.quantity_of(self.0.quantity)
    }

    /// What one of the price's unit costs, before the discount and without tax.
    async fn unit_price(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.unit_price.normalize())
    }

    /// The unit that the price is for.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn price_unit(&self, ctx: &Context<'_>) -> AppResult<Option<Unit>> {
        match self.0.price_unit_id {
            Some(id) => Ok(Some(unit_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// What is taken off, in percent.
    async fn discount(&self) -> Decimal {
        Decimal(self.0.discount.normalize())
    }

    /// What it comes to without tax. All bills of a line of an order come to what that comes to.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// In percent.
    async fn tax_rate(&self) -> Decimal {
        Decimal(self.0.tax_rate.normalize())
    }

    /// Its share of the tax of all lines with its rate.
    async fn tax(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.tax)
    }

    /// What the goods had cost, if that is known; of a credit note what of that is got back,
    /// which is nothing where the customer keeps the goods.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn cost(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let cost = self.0.cost;
        cost.map(|cost| Money::of_dealer(ctx, cost.normalize()))
            .transpose()
    }

    /// The line of an order that it bills or credits.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order_line(&self, ctx: &Context<'_>) -> AppResult<Option<OrderLine>> {
        match self.0.order_line_id {
            Some(id) => Ok(Some(order_line_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// The line of a delivery by which the goods came that it bills, if they came by one.
    async fn delivery_line_id(&self) -> Option<ID> {
        self.0.delivery_line_id.map(ID::from)
    }

    /// The line of an invoice that it credits.
    async fn credits(&self, ctx: &Context<'_>) -> AppResult<Option<InvoiceLine>> {
        match self.0.credits_line_id {
            Some(id) => Ok(ctx
                .unit()?
                .load(InvoiceLineById(id))
                .await?
                .map(InvoiceLine)),
            None => Ok(None),
        }
    }

    /// Whether what it credits can be billed by another invoice.
    async fn is_billed_again(&self) -> bool {
        self.0.is_rebilled
    }

    /// How much of it was credited.
    async fn credited(&self, ctx: &Context<'_>) -> AppResult<Option<Quantity>> {
        let credited = self.credited_of(ctx).await?;
        Ok(self.quantity_of(credited.quantity))
    }

    /// What of its net was credited.
    async fn credited_net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.credited_of(ctx).await?.net)
    }
}
