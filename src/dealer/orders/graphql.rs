//! The surface of orders: objects and queries.

use async_graphql::{Context, ID, Object};

use super::loader::{OrderById, OrderLineById};
use super::model::{OrderId, OrderLineId, OrderLineRow, OrderRow};
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// What a customer has ordered.
#[derive(Clone)]
pub struct Order(pub OrderRow);

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Self {
        Self(row)
    }
}

/// What a customer has ordered.
#[Object(directive = has_permission::apply(P::OrdersRead))]
impl Order {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }
}

/// A line of an order.
#[derive(Clone)]
pub struct OrderLine(pub OrderLineRow);

/// One line of an order.
#[Object(directive = has_permission::apply(P::OrdersRead))]
impl OrderLine {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }
}

/// An order that a foreign key says is there.
pub(crate) async fn order_of(ctx: &Context<'_>, id: OrderId) -> AppResult<Order> {
    let row = ctx.unit()?.load(OrderById(id)).await?;
    row.map(Order)
        .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
}

/// A line of an order that a foreign key says is there.
pub(crate) async fn order_line_of(ctx: &Context<'_>, id: OrderLineId) -> AppResult<OrderLine> {
    let row = ctx.unit()?.load(OrderLineById(id)).await?;
    row.map(OrderLine)
        .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
}
