//! The surface of reservations: objects and lists.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::input::StockReservationWhere;
use super::model::{ReservationRow, ReservationSource};
use super::query::{self, StockReservationOrder, StockReservationSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::permit::{Permission as P, has_permission};

/// Goods that are promised.
#[derive(Clone)]
pub struct StockReservation(pub ReservationRow);

impl From<ReservationRow> for StockReservation {
    fn from(row: ReservationRow) -> Self {
        Self(row)
    }
}

/// Goods that are promised: on hand, and not available to others.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockReservation {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// How much was promised, in the unit in which it was asked for.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What of it is neither used nor released, in base units.
    async fn open(&self) -> Quantity {
        Quantity::in_base_of(self.0.product_id, self.0.open)
    }

    /// Whether some of it is still promised.
    async fn is_open(&self) -> bool {
        self.0.open > Decimal::ZERO
    }

    /// What it is promised to.
    async fn source(&self) -> ReservationSource {
        self.0.source
    }

    /// Why, in the words of whoever did it.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

list_query! {
    /// The list of reservations.
    StockReservationQuery: query,
    /// What is promised, over all products and warehouses.
    stock_reservations -> StockReservation,
    needs: StockRead,
    filter: StockReservationWhere = "Which reservations.",
    order: StockReservationOrder as StockReservationSort = "Sort keys, at most 3; the oldest first if absent.",
}
