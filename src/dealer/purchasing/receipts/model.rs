//! Rows and enums of goods receipts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{goods_receipt_costs, goods_receipt_lines, goods_receipts};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::purchasing::orders::model::{PurchaseOrderId, PurchaseOrderLineId};
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A goods receipt.
    GoodsReceiptId, "grc"
);

typed_id!(
    /// A line of a goods receipt.
    GoodsReceiptLineId, "grl"
);

typed_id!(
    /// What it has cost to bring goods in.
    LandedCostId, "lco"
);

text_enum! {
    /// For what it is paid besides the goods.
    pub enum LandedCostKind {
        /// Bringing them here.
        Freight = "FREIGHT",
        /// Customs.
        Duty = "DUTY",
        /// Insuring them on their way.
        Insurance = "INSURANCE",
        /// Loading and unloading them.
        Handling = "HANDLING",
        /// Something else.
        Other = "OTHER",
    }
}

text_enum! {
    /// By what a cost is shared among the lines of a receipt.
    pub enum LandedCostBasis {
        /// By what the supplier takes for them.
        Value = "VALUE",
        /// By how many base units they are.
        Quantity = "QUANTITY",
        /// By what they weigh.
        Weight = "WEIGHT",
    }
}

/// A goods receipt as stored. Never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = goods_receipts, check_for_backend(diesel::pg::Pg))]
pub struct GoodsReceiptRow {
    /// Its id.
    pub id: GoodsReceiptId,
    /// 1, 2, 3 …
    pub number: i64,
    /// The order of which goods came.
    pub order_id: PurchaseOrderId,
    /// Who brought them.
    pub supplier_id: SupplierId,
    /// Where they are.
    pub warehouse_id: WarehouseId,
    /// The supplier's own number of the delivery.
    pub delivery_note: Option<String>,
    /// In the words of whoever received them.
    pub note: Option<String>,
    /// When they came to stock.
    pub received_at: DateTime<Utc>,
}

/// A line of a goods receipt as stored. Never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = goods_receipt_lines, check_for_backend(diesel::pg::Pg))]
pub struct GoodsReceiptLineRow {
    /// Its id.
    pub id: GoodsReceiptLineId,
    /// Whose line.
    pub receipt_id: GoodsReceiptId,
    /// Its place among the lines.
    pub position: i32,
    /// Of which line of the order.
    pub order_line_id: PurchaseOrderLineId,
    /// What came.
    pub product_id: ProductId,
    /// The unit in which it was counted.
    pub unit_id: UnitId,
    /// How many of that unit.
    pub unit_quantity: Decimal,
    /// How much, in base units.
    pub quantity: Decimal,
    /// In kilograms, if somebody weighed it.
    pub weight: Option<Decimal>,
    /// What the supplier takes for it.
    pub goods_cost: Decimal,
    /// Its share of freight and the like.
    pub landed_cost: Decimal,
}

/// What it has cost to bring the goods of a receipt in, as stored. Never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = goods_receipt_costs, check_for_backend(diesel::pg::Pg))]
pub struct LandedCostRow {
    /// Its id.
    pub id: LandedCostId,
    /// Of which receipt.
    pub receipt_id: GoodsReceiptId,
    /// Its place among the costs.
    pub position: i32,
    /// For what.
    pub kind: LandedCostKind,
    /// By what it is shared.
    pub basis: LandedCostBasis,
    /// How much.
    pub amount: Decimal,
    /// In the words of whoever wrote it down.
    pub note: Option<String>,
}
