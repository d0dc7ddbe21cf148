//! The surface of deliveries: their lines.

use async_graphql::{Context, ID, Object};

use super::model::DeliveryLineRow;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::orders::graphql::order_line_of;
use crate::dealer::orders::line::OrderLine;
use crate::error::AppResult;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// A line of a delivery.
pub struct DeliveryLine(pub DeliveryLineRow);

/// What of one line of an order comes with a delivery.
#[Object(directive = has_permission::apply(P::DeliveriesRead))]
impl DeliveryLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Of which line of the order.
    #[graphql(guard = P::OrdersRead, directive = has_permission::apply(P::OrdersRead))]
    async fn order_line(&self, ctx: &Context<'_>) -> AppResult<OrderLine> {
        order_line_of(ctx, self.0.order_line_id).await
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// Name of the product, for whoever brings it.
    async fn product_name(&self, ctx: &Context<'_>) -> AppResult<String> {
        Ok(product_of(ctx, self.0.product_id).await?.0.name)
    }

    /// Code of the unit in which it is delivered, for whoever brings it.
    async fn unit_code(&self, ctx: &Context<'_>) -> AppResult<String> {
        Ok(unit_of(ctx, self.0.unit_id).await?.0.code)
    }

    /// How much is to be delivered.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What was handed over; null before.
    async fn delivered(&self) -> AppResult<Option<Quantity>> {
        let row = &self.0;
        let Some(base) = row.delivered else {
            return Ok(None);
        };
        let value = row.in_unit(base)?;
        Ok(Some(Quantity::in_unit(row.unit_id, value, base)))
    }

    /// What the weighbridge said, in kilograms; null if it was not weighed.
    async fn weight(&self) -> Option<Decimal> {
        self.0.weight.map(|weight| Decimal(weight.normalize()))
    }

    /// What the goods had cost: those on the way, or those that were handed over; null before
    /// they leave, and of what does not go out of a warehouse.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn cost(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let cost = self.0.cost.map(|cost| cost.normalize());
        cost.map(|cost| Money::of_dealer(ctx, cost)).transpose()
    }
}
