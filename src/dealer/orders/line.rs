//! The surface of lines of orders.

use async_graphql::{Context, ID, Object};
use rust_decimal::Decimal as Exact;

use super::model::{OrderLineRow, OrderSourcing, SalePriceSource};
use crate::dealer::audit::graphql::{AuditEntry, history};
use crate::dealer::audit::model::Record;
use crate::dealer::catalog::products::graphql::{Product, unit_of};
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::purchasing::orders::graphql::{PurchaseOrderLine, order_line_of};
use crate::dealer::stock::holds::graphql::StockReservation;
use crate::dealer::stock::holds::loader::ReservationsBySource;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::inline::Inline;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// A line of an order.
#[derive(Clone)]
pub struct OrderLine(pub OrderLineRow);

impl OrderLine {
    fn in_unit(&self, base: Exact) -> AppResult<Quantity> {
        let value = self.0.in_unit(base)?;
        Ok(Quantity::in_unit(self.0.unit_id, value, base))
    }
}

/// One line of an order. Unit, price and tax stay as they were when it was written.
#[Object(directive = has_permission::apply(P::OrdersRead))]
impl OrderLine {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Inline<Product>> {
        product_of(ctx, self.0.product_id).await.map(Inline)
    }

    /// How much, in the unit in which it is ordered.
    async fn quantity(&self) -> Inline<Quantity> {
        let row = &self.0;
        let quantity = Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity);
        Inline(quantity)
    }

    /// What one of `priceUnit` costs, before the discount and without tax.
    async fn unit_price(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.unit_price.normalize())
    }

    /// The unit the price is for.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn price_unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.0.price_unit_id).await
    }

    /// Where the price comes from.
    async fn price_source(&self) -> SalePriceSource {
        self.0.price_source
    }

    /// Why somebody set the price or the discount; null if nobody did.
    #[graphql(guard = P::OrdersManage, directive = has_permission::apply(P::OrdersManage))]
    async fn price_reason(&self) -> Option<&str> {
        self.0.price_reason.as_deref()
    }

    /// What is taken off the line, in percent.
    async fn discount(&self) -> Decimal {
        Decimal(self.0.discount.normalize())
    }

    /// What all of it comes to without tax, discount taken off, rounded once.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net.normalize())
    }

    /// The tax rate, in percent.
    async fn tax_rate(&self) -> Decimal {
        Decimal(self.0.tax_rate.normalize())
    }

    /// Where its goods come from.
    async fn sourcing(&self) -> OrderSourcing {
        self.0.sourcing
    }

    /// The warehouse they come from or through; null if they come through none.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Option<Warehouse>> {
        match self.0.warehouse_id {
            Some(id) => Ok(Some(warehouse_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// Whether a warehouse that has enough is looked for when the order is confirmed.
    async fn chooses_warehouse(&self) -> bool {
        self.0.chooses_warehouse
    }

    /// By which line of a purchase order its goods are bought; null if by none.
    #[graphql(guard = P::PurchasingRead, directive = has_permission::apply(P::PurchasingRead))]
    async fn purchase_order_line(&self, ctx: &Context<'_>) -> AppResult<Option<PurchaseOrderLine>> {
        match self.0.purchase_line_id {
            Some(id) => Ok(Some(order_line_of(ctx, id).await?)),
            None => Ok(None),
        }
    }

    /// What of it is on deliveries that have not arrived.
    async fn planned(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.planned)
    }

    /// What of it was handed over, whatever came back later.
    async fn delivered(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.delivered)
    }

    /// What of it is on posted invoices.
    async fn invoiced(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.invoiced)
    }

    /// What of it was brought back.
    async fn returned(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.returned)
    }

    /// What of it is not wanted any more.
    async fn cancelled(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.cancelled)
    }

    /// What of it is neither delivered, nor on a delivery, nor cancelled.
    async fn to_deliver(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.to_plan())
    }

    /// What of it may still be given up.
    async fn cancellable(&self) -> AppResult<Quantity> {
        self.in_unit(self.0.to_cancel())
    }

    /// What is and was promised to it, the oldest first.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn reservations(&self, ctx: &Context<'_>) -> AppResult<Vec<StockReservation>> {
        let key = ReservationsBySource(self.0.id.uuid());
        let rows = ctx.unit()?.load_list(key).await?;
        Ok(rows.into_iter().map(StockReservation).collect())
    }

    /// In the words of whoever wrote it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What became of it, the latest first.
    #[graphql(
        guard = P::AuditRead,
        directive = has_permission::apply(P::AuditRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<AuditEntry>> {
        history(ctx, (Record::ORDER_LINE, self.0.id.uuid()), first).await
    }
}
