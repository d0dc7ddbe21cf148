//! Inputs of goods receipts: commands and filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::model::{LandedCostBasis, LandedCostKind};
use super::query::GoodsReceiptCondition;
use crate::db::tenant_tables::goods_receipts;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::purchasing::orders::input::PurchaseOrderIdFilter;
use crate::dealer::purchasing::orders::model::{PurchaseOrderId, PurchaseOrderLineId};
use crate::dealer::purchasing::suppliers::input::SupplierIdFilter;
use crate::dealer::stock::lots::naming::StockLotInput;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::error::AppResult;
use crate::graphql::filter::{DateTimeFilter, Where, nested_where, where_id, where_time};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// What came of a purchase order.
#[derive(InputObject, Debug)]
pub struct GoodsReceiveInput {
    /// Which order.
    pub purchase_order_id: PurchaseOrderId,
    /// The version that was read; another one is refused with CONFLICT. Absent: whatever it is
    /// by now, so that two trucks can be unloaded at once; what is too much is refused all the
    /// same.
    pub expected_version: Option<i32>,
    /// What came, 1 to 200 lines, each line of the order once; absent, all that was still to
    /// come.
    pub lines: Option<Vec<GoodsReceiveLineInput>>,
    /// What it has cost to bring the goods in, at most 20 entries. Takes cost:read.
    #[graphql(default)]
    pub landed_costs: Vec<LandedCostInput>,
    /// The supplier's own number of the delivery, at most 100 characters.
    pub delivery_note: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What came of one line of a purchase order.
#[derive(InputObject, Debug)]
pub struct GoodsReceiveLineInput {
    /// Which line.
    pub line_id: PurchaseOrderLineId,
    /// How much, in any unit of the product.
    pub quantity: QuantityInput,
    /// What it weighs in kilograms, with at most 6 decimals. Needed to share a cost by weight,
    /// unless the product has a unit of kilograms (KGM) or tonnes (TNE).
    pub weight: Option<Decimal>,
    /// Of which lots it is, each once; at most 50. Needed if the product is kept by lots.
    #[graphql(default)]
    pub lots: Vec<GoodsReceiveLotInput>,
}

/// What of a line that came is of one lot.
#[derive(InputObject, Debug)]
pub struct GoodsReceiveLotInput {
    /// The lot.
    pub lot: StockLotInput,
    /// How much is of it, in any unit of the product. Together they are what came of the line;
    /// all of it, if absent, which takes a lot that is named alone.
    pub quantity: Option<QuantityInput>,
}

/// Something that it has cost to bring goods in, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct LandedCostInput {
    /// For what.
    pub kind: LandedCostKind,
    /// How much: above zero, with as many decimals as the currency has.
    pub amount: Decimal,
    /// By what it is shared among the lines.
    #[graphql(default_with = "LandedCostBasis::Value")]
    pub basis: LandedCostBasis,
    /// In your own words; at most 200 characters.
    pub note: Option<String>,
}

/// Which goods receipts to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct GoodsReceiptWhere {
    /// On the order of which goods came.
    pub purchase_order_id: Option<PurchaseOrderIdFilter>,
    /// On who brought them.
    pub supplier_id: Option<SupplierIdFilter>,
    /// On where they were brought.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On when they came.
    pub received_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<GoodsReceiptWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<GoodsReceiptWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<GoodsReceiptWhere>>,
}

impl Where for GoodsReceiptWhere {
    type Table = goods_receipts::table;

    fn own(&self) -> AppResult<Vec<GoodsReceiptCondition>> {
        let mut conditions: Vec<GoodsReceiptCondition> = Vec::new();
        where_id!(
            conditions,
            goods_receipts::order_id,
            &self.purchase_order_id
        );
        where_id!(conditions, goods_receipts::supplier_id, &self.supplier_id);
        where_id!(conditions, goods_receipts::warehouse_id, &self.warehouse_id);
        where_time!(conditions, goods_receipts::received_at, &self.received_at);
        Ok(conditions)
    }

    nested_where!();
}
