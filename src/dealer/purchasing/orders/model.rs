//! Rows and enums of purchase orders.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::db::tenant_tables::{purchase_order_lines, purchase_orders};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::typed_id;
use crate::kernel::money::{MoneyError, line_amount};
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;

typed_id!(
    /// A purchase order.
    PurchaseOrderId, "por"
);

typed_id!(
    /// A line of a purchase order.
    PurchaseOrderLineId, "pol"
);

text_enum! {
    /// Where a purchase order stands.
    pub enum PurchaseOrderState {
        /// Written down; the supplier does not know of it.
        Draft = "DRAFT",
        /// The supplier has it.
        Sent = "SENT",
        /// Some of its goods have come.
        PartiallyReceived = "PARTIALLY_RECEIVED",
        /// All of its goods have come.
        Received = "RECEIVED",
        /// Given up before any of its goods came.
        Cancelled = "CANCELLED",
        /// Some of its goods have come, and the rest is not coming.
        Closed = "CLOSED",
    }
}

/// A purchase order as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = purchase_orders, check_for_backend(diesel::pg::Pg))]
pub struct PurchaseOrderRow {
    /// Its id.
    pub id: PurchaseOrderId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Of whom it is bought.
    pub supplier_id: SupplierId,
    /// Where the goods shall be.
    pub warehouse_id: WarehouseId,
    /// Where it stands.
    pub state: PurchaseOrderState,
    /// The dealer's currency.
    pub currency: String,
    /// The supplier's own number of it.
    pub reference: Option<String>,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
    /// When it was sent, if it was.
    pub sent_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = purchase_orders)]
pub struct PurchaseOrderChanges {
    /// New state.
    pub state: Option<PurchaseOrderState>,
    /// New place for the goods.
    pub warehouse_id: Option<WarehouseId>,
    /// New number of the supplier's, or none.
    pub reference: Option<Option<String>>,
    /// New note, or none.
    pub note: Option<Option<String>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl PurchaseOrderChanges {
    /// No change but the time of it.
    pub const fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            state: None,
            warehouse_id: None,
            reference: None,
            note: None,
            sent_at: None,
            updated_at,
        }
    }
}

/// A line of a purchase order as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = purchase_order_lines, check_for_backend(diesel::pg::Pg))]
pub struct PurchaseOrderLineRow {
    /// Its id.
    pub id: PurchaseOrderLineId,
    /// Whose line.
    pub order_id: PurchaseOrderId,
    /// Its place among the lines.
    pub position: i32,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it is ordered.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
    /// How many of the unit.
    pub unit_quantity: Decimal,
    /// How much, in base units.
    pub quantity: Decimal,
    /// What one of the unit costs.
    pub unit_cost: Decimal,
    /// What has come, in base units.
    pub received: Decimal,
    /// Whether more of it is to come.
    pub is_open: bool,
    /// When it should come, if that is known.
    pub expected_on: Option<NaiveDate>,
}

impl PurchaseOrderLineRow {
    /// Base units per one of its unit, as it was when this was ordered.
    pub fn factor(&self) -> AppResult<Ratio> {
        Ratio::new(self.num, self.den).map_err(AppError::internal)
    }

    /// What so many base units of it come to, with so many decimals.
    pub fn amount(&self, base: Decimal, digits: u32) -> Result<Decimal, MoneyError> {
        let factor = Ratio::new(self.num, self.den).map_err(|_| MoneyError::TooLarge)?;
        line_amount(self.unit_cost, factor, base, digits)
    }

    /// How many of its unit so many base units are, with at most six decimals.
    pub fn in_unit(&self, base: Decimal) -> AppResult<Decimal> {
        let half = RoundingStrategy::MidpointAwayFromZero;
        let value = self
            .factor()?
            .inverse()
            .to_base_rounded(base, MOST_DECIMALS, half);
        value.map_err(AppError::internal)
    }

    /// How much is still to come, in base units.
    pub fn open(&self) -> Decimal {
        if self.is_open {
            self.quantity - self.received
        } else {
            Decimal::ZERO
        }
    }
}
