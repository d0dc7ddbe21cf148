//! The surface of purchase orders: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::actions::PurchaseOrderAction;
use super::input::PurchaseOrderWhere;
use super::loader::{
    LinesByPurchaseOrder, PurchaseOrderById, PurchaseOrderByNumber, PurchaseOrderLineById,
};
use super::model::{
    PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow, PurchaseOrderRow,
    PurchaseOrderState,
};
use super::query::{self, PurchaseOrderOrder, PurchaseOrderSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::purchasing::receipts::graphql::GoodsReceipt;
use crate::dealer::purchasing::receipts::loader::ReceiptsByPurchaseOrder;
use crate::dealer::purchasing::suppliers::graphql::{Supplier, supplier_of};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::kernel::money::digits_of;

/// Goods that are ordered of a supplier.
#[derive(Clone)]
pub struct PurchaseOrder(pub PurchaseOrderRow);

impl From<PurchaseOrderRow> for PurchaseOrder {
    fn from(row: PurchaseOrderRow) -> Self {
        Self(row)
    }
}

/// Goods that are ordered of a supplier, for one warehouse.
#[Object(directive = has_permission::apply(P::PurchasingRead))]
impl PurchaseOrder {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Of whom it is bought.
    #[graphql(guard = P::SuppliersRead, directive = has_permission::apply(P::SuppliersRead))]
    async fn supplier(&self, ctx: &Context<'_>) -> AppResult<Supplier> {
        supplier_of(ctx, self.0.supplier_id).await
    }

    /// Where the goods shall be.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Where it stands.
    async fn state(&self) -> PurchaseOrderState {
        self.0.state
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<PurchaseOrderAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let actions = self.0.state.actions().iter().copied();
        Ok(actions
            .filter(|action| permissions.contains(action.needs()))
            .collect())
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<PurchaseOrderLine>> {
        let digits = digits_of(&self.0.currency);
        let line = |row| PurchaseOrderLine { row, digits };
        Ok(self.rows(ctx).await?.into_iter().map(line).collect())
    }

    /// What its lines come to as they were ordered, freight and the like left out.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn total(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let digits = digits_of(&self.0.currency);
        let mut total = Decimal::ZERO;
        for row in self.rows(ctx).await? {
            let amount = row.amount(row.quantity, digits);
            total += amount.map_err(AppError::internal)?;
        }
        Money::of_dealer(ctx, total)
    }

    /// What has come of it so far, by number.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn receipts(&self, ctx: &Context<'_>) -> AppResult<Vec<GoodsReceipt>> {
        let key = ReceiptsByPurchaseOrder(self.0.id);
        let rows = ctx.unit()?.load_list(key).await?;
        Ok(rows.into_iter().map(GoodsReceipt).collect())
    }

    /// The supplier's own number of it.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// In the words of whoever wrote it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was sent; null if it was not.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.sent_at
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

impl PurchaseOrder {
    async fn rows(&self, ctx: &Context<'_>) -> AppResult<Vec<PurchaseOrderLineRow>> {
        let key = LinesByPurchaseOrder(self.0.id);
        ctx.unit()?.load_list(key).await
    }
}

/// A line of a purchase order.
pub struct PurchaseOrderLine {
    row: PurchaseOrderLineRow,
    digits: u32,
}

impl PurchaseOrderLine {
    /// A line whose amounts have so many decimals.
    pub const fn of(row: PurchaseOrderLineRow, digits: u32) -> Self {
        Self { row, digits }
    }

    fn in_unit(&self, base: Decimal) -> AppResult<Quantity> {
        let value = self.row.in_unit(base)?;
        Ok(Quantity::in_unit(self.row.unit_id, value, base))
    }
}

/// One line of a purchase order.
#[Object(directive = has_permission::apply(P::PurchasingRead))]
impl PurchaseOrderLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.row.product_id).await
    }

    /// How much, in the unit in which it is ordered.
    async fn quantity(&self) -> Quantity {
        let row = &self.row;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What one of the unit costs.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn unit_cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.row.unit_cost.normalize())
    }

    /// What the line comes to, rounded once.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let amount = self.row.amount(self.row.quantity, self.digits);
        Money::of_dealer(ctx, amount.map_err(AppError::internal)?)
    }

    /// What has come of it.
    async fn received(&self) -> AppResult<Quantity> {
        self.in_unit(self.row.received)
    }

    /// What is still to come of it; nothing once the order is cancelled or closed.
    async fn open(&self) -> AppResult<Quantity> {
        self.in_unit(self.row.open())
    }

    /// On which day it should come; null while nobody has said so and it is not sent.
    async fn expected_on(&self) -> Option<NaiveDate> {
        self.row.expected_on
    }
}

/// A purchase order that a foreign key says is there.
pub(crate) async fn order_of(ctx: &Context<'_>, id: PurchaseOrderId) -> AppResult<PurchaseOrder> {
    Ok(PurchaseOrder(there(ctx, PurchaseOrderById(id)).await?))
}

/// A line of a purchase order that a foreign key says is there.
pub(crate) async fn order_line_of(
    ctx: &Context<'_>,
    id: PurchaseOrderLineId,
) -> AppResult<PurchaseOrderLine> {
    let unit = ctx.unit()?;
    let digits = digits_of(&unit.context().dealer().currency);
    let row = unit.load(PurchaseOrderLineById(id)).await?;
    row.map(|row| PurchaseOrderLine { row, digits })
        .ok_or_else(|| AppError::internal(format!("{id} has vanished")))
}

/// Queries on purchase orders.
#[derive(Default)]
pub struct PurchaseOrderQuery;

#[Object]
impl PurchaseOrderQuery {
    /// One purchase order, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::PurchasingRead, directive = has_permission::apply(P::PurchasingRead))]
    async fn purchase_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<PurchaseOrderId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<PurchaseOrder>> {
        let keys = (id.map(PurchaseOrderById), number.map(PurchaseOrderByNumber));
        let message = "name the purchase order by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(PurchaseOrder))
    }
}

list_query! {
    /// The list of purchase orders.
    PurchaseOrderListQuery: query,
    /// What is and was ordered of suppliers.
    purchase_orders -> PurchaseOrder,
    needs: PurchasingRead,
    filter: PurchaseOrderWhere = "Which purchase orders.",
    order: PurchaseOrderOrder as PurchaseOrderSort = "Sort keys, at most 3; the latest first if absent.",
}
