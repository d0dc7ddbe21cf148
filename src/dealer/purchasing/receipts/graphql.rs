//! The surface of goods receipts: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use rust_decimal::{Decimal as Number, RoundingStrategy};

use super::input::GoodsReceiptWhere;
use super::loader::{CostsByReceipt, GoodsReceiptById, GoodsReceiptByNumber, LinesByReceipt};
use super::model::{
    GoodsReceiptId, GoodsReceiptLineRow, GoodsReceiptRow, LandedCostBasis, LandedCostKind,
    LandedCostRow,
};
use super::query::{self, GoodsReceiptOrder, GoodsReceiptSort};
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::purchasing::orders::graphql::{PurchaseOrder, PurchaseOrderLine, order_of};
use crate::dealer::purchasing::orders::loader::PurchaseOrderLineById;
use crate::dealer::purchasing::suppliers::graphql::{Supplier, supplier_of};
use crate::dealer::stock::lots::graphql::{StockMovementLot, lots_of_line};
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::kernel::money::digits_of;

/// Goods that came from a supplier.
#[derive(Clone)]
pub struct GoodsReceipt(pub GoodsReceiptRow);

impl From<GoodsReceiptRow> for GoodsReceipt {
    fn from(row: GoodsReceiptRow) -> Self {
        Self(row)
    }
}

/// Goods of a purchase order that came and are in stock. Never changed: what was counted
/// wrongly is set right by stockAdjust.
#[Object(directive = has_permission::apply(P::PurchasingRead))]
impl GoodsReceipt {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// 1, 2, 3 …
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// The order of which they came.
    async fn purchase_order(&self, ctx: &Context<'_>) -> AppResult<PurchaseOrder> {
        order_of(ctx, self.0.order_id).await
    }

    /// Who brought them.
    #[graphql(guard = P::SuppliersRead, directive = has_permission::apply(P::SuppliersRead))]
    async fn supplier(&self, ctx: &Context<'_>) -> AppResult<Supplier> {
        supplier_of(ctx, self.0.supplier_id).await
    }

    /// Where they were brought.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.0.warehouse_id).await
    }

    /// Its lines, in their order; at most 200.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<GoodsReceiptLine>> {
        let rows = ctx.unit()?.load_list(LinesByReceipt(self.0.id)).await?;
        Ok(rows.into_iter().map(GoodsReceiptLine).collect())
    }

    /// What it has cost to bring them in; at most 20 entries.
    #[graphql(
        guard = P::CostRead,
        directive = has_permission::apply(P::CostRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn landed_costs(&self, ctx: &Context<'_>) -> AppResult<Vec<LandedCost>> {
        let rows = ctx.unit()?.load_list(CostsByReceipt(self.0.id)).await?;
        Ok(rows.into_iter().map(LandedCost).collect())
    }

    /// The supplier's own number of the delivery.
    async fn delivery_note(&self) -> Option<&str> {
        self.0.delivery_note.as_deref()
    }

    /// In the words of whoever received them.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When they came to stock.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }
}

/// A line of a goods receipt.
pub struct GoodsReceiptLine(GoodsReceiptLineRow);

/// What came of one line of a purchase order.
#[Object(directive = has_permission::apply(P::PurchasingRead))]
impl GoodsReceiptLine {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The line of the order of which it came.
    async fn order_line(&self, ctx: &Context<'_>) -> AppResult<PurchaseOrderLine> {
        let id = self.0.order_line_id;
        let row = ctx.unit()?.load(PurchaseOrderLineById(id)).await?;
        let row = row.ok_or_else(|| AppError::internal(format!("{id} has vanished")))?;
        let digits = digits_of(&ctx.unit()?.context().dealer().currency);
        Ok(PurchaseOrderLine::of(row, digits))
    }

    /// What.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.0.product_id).await
    }

    /// How much, in the unit in which it was counted.
    async fn quantity(&self) -> Quantity {
        let row = &self.0;
        Quantity::in_unit(row.unit_id, row.unit_quantity, row.quantity)
    }

    /// What it weighs in kilograms; null if nobody weighed it.
    async fn weight(&self) -> Option<Decimal> {
        self.0.weight.map(|weight| Decimal(weight.normalize()))
    }

    /// Its parts by lot; none if the product is not kept by lots.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn lots(&self, ctx: &Context<'_>) -> AppResult<Vec<StockMovementLot>> {
        lots_of_line(ctx, (self.0.id.uuid(), self.0.product_id)).await
    }

    /// What the supplier takes for it.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn goods_cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.goods_cost.normalize())
    }

    /// Its share of freight and the like.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn landed_cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.landed_cost.normalize())
    }

    /// What a base unit of it has cost with its share, to six decimals.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn base_cost(&self, ctx: &Context<'_>) -> AppResult<Money> {
        let worth = self.0.goods_cost + self.0.landed_cost;
        let each = worth.checked_div(self.0.quantity).unwrap_or(Number::ZERO);
        let half = RoundingStrategy::MidpointAwayFromZero;
        Money::of_dealer(ctx, each.round_dp_with_strategy(6, half).normalize())
    }
}

/// What it has cost to bring goods in.
pub struct LandedCost(LandedCostRow);

/// Something that it has cost to bring the goods of a receipt in.
#[Object(directive = has_permission::apply(P::CostRead))]
impl LandedCost {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// For what.
    async fn kind(&self) -> LandedCostKind {
        self.0.kind
    }

    /// By what it was shared among the lines.
    async fn basis(&self) -> LandedCostBasis {
        self.0.basis
    }

    /// How much.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount.normalize())
    }

    /// In the words of whoever wrote it down.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// Queries on goods receipts.
#[derive(Default)]
pub struct GoodsReceiptQuery;

#[Object]
impl GoodsReceiptQuery {
    /// One goods receipt, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::PurchasingRead, directive = has_permission::apply(P::PurchasingRead))]
    async fn goods_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<GoodsReceiptId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
    ) -> AppResult<Option<GoodsReceipt>> {
        let keys = (id.map(GoodsReceiptById), number.map(GoodsReceiptByNumber));
        let message = "name the goods receipt by exactly one of id and number";
        Ok(by_one_key(ctx, keys, message).await?.map(GoodsReceipt))
    }
}

list_query! {
    /// The list of goods receipts.
    GoodsReceiptListQuery: query,
    /// What came from suppliers.
    goods_receipts -> GoodsReceipt,
    needs: PurchasingRead,
    filter: GoodsReceiptWhere = "Which goods receipts.",
    order: GoodsReceiptOrder as GoodsReceiptSort = "Sort keys, at most 3; the latest first if absent.",
}
