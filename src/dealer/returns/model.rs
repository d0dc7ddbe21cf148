//! Rows and enums of returns.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{return_lines, returns};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A return.
    ReturnId, "ret"
);

typed_id!(
    /// A line of a return.
    ReturnLineId, "rtl"
);

text_enum! {
    /// Where a return stands.
    pub enum ReturnState {
        /// The customer wants to bring goods back.
        Requested = "REQUESTED",
        /// It may.
        Approved = "APPROVED",
        /// The goods have come.
        Received = "RECEIVED",
        /// What was invoiced of them is credited.
        Credited = "CREDITED",
        /// It may not, or nothing came.
        Rejected = "REJECTED",
    }
}

impl ReturnState {
    /// Those in which its goods are counted on to come back.
    pub const OPEN: [Self; 2] = [Self::Requested, Self::Approved];
}

/// A return as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = returns, check_for_backend(diesel::pg::Pg))]
pub struct ReturnRow {
    /// Its id.
    pub id: ReturnId,
    /// 1, 2, 3 …
    pub number: i64,
    /// The order whose goods come back.
    pub order_id: OrderId,
    /// Whose order.
    pub customer_id: CustomerId,
    /// For which of its jobs.
    pub job_id: Option<JobId>,
    /// Where the goods come.
    pub warehouse_id: WarehouseId,
    /// Where it stands.
    pub state: ReturnState,
    /// Why they come back.
    pub reason: String,
    /// What was said to that.
    pub answer: Option<String>,
    /// By which they are credited.
    pub credit_note_id: Option<InvoiceId>,
    /// When it was approved, if it was.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the goods came, if they did.
    pub received_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = returns)]
pub struct ReturnChanges {
    /// New state.
    pub state: ReturnState,
    /// New place for the goods.
    pub warehouse_id: Option<WarehouseId>,
    /// What is said to it.
    pub answer: Option<String>,
    /// By which the goods are credited.
    pub credit_note_id: Option<InvoiceId>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the goods came.
    pub received_at: Option<DateTime<Utc>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl ReturnChanges {
    /// To another state.
    pub fn to(state: ReturnState, updated_at: DateTime<Utc>) -> Self {
        Self {
            state,
            warehouse_id: None,
            answer: None,
            credit_note_id: None,
            approved_at: None,
            received_at: None,
            updated_at,
        }
    }
}

/// A line of a return as stored. Amounts are in base units, but for `unit_quantity`.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = return_lines, check_for_backend(diesel::pg::Pg))]
pub struct ReturnLineRow {
    /// Its id.
    pub id: ReturnLineId,
    /// Whose line.
    pub return_id: ReturnId,
    /// Whose return.
    pub customer_id: CustomerId,
    /// Its place among the lines.
    pub position: i32,
    /// Of which line of the order.
    pub order_line_id: OrderLineId,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it is to come back.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
    /// How many of the unit.
    pub unit_quantity: Decimal,
    /// How much shall come back.
    pub quantity: Decimal,
    /// What came and can be sold again.
    pub resaleable: Decimal,
    /// What came and can not.
    pub spoilt: Decimal,
    /// In percent of the credit.
    pub restocking_fee: Decimal,
}

impl ReturnLineRow {
    /// What came of it.
    pub fn came(&self) -> Decimal {
        self.resaleable + self.spoilt
    }
}
