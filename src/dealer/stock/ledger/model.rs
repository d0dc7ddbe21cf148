//! Rows and enums of the stock ledger.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::stock_movements;
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A change of what lies where.
    MovementId, "mov"
);

text_enum! {
    /// Why goods moved.
    pub enum MovementKind {
        /// They were there when the ledger began.
        Opening = "OPENING",
        /// Somebody corrected what is there, with a reason.
        Adjustment = "ADJUSTMENT",
        /// They were counted, and it was not what was expected.
        Count = "COUNT",
        /// They left for another place of the dealer's.
        TransferOut = "TRANSFER_OUT",
        /// They came from another place of the dealer's.
        TransferIn = "TRANSFER_IN",
        /// They came from a supplier.
        Receipt = "RECEIPT",
        /// They left for a customer.
        Issue = "ISSUE",
        /// They came back from a customer.
        Return = "RETURN",
    }
}

/// A movement as stored. Never changed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_movements, check_for_backend(diesel::pg::Pg))]
pub struct MovementRow {
    /// Its id.
    pub id: MovementId,
    /// Of what.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// 1, 2, 3 … for each product and warehouse.
    pub number: i64,
    /// Why.
    pub kind: MovementKind,
    /// In base units; below zero for what went.
    pub quantity: Decimal,
    /// By how much the value of what is on hand changed.
    pub value: Decimal,
    /// What was there afterwards, in base units.
    pub on_hand: Decimal,
    /// What that had cost.
    pub on_hand_value: Decimal,
    /// Prefix of the document's id, if it is for one.
    pub source: Option<String>,
    /// The document.
    pub source_id: Option<Uuid>,
    /// Its line.
    pub source_line: Option<Uuid>,
    /// Why, in a word out of a few.
    pub reason: Option<String>,
    /// Why, in the words of whoever did it.
    pub note: Option<String>,
    /// When; never before the movement with the number before.
    pub at: DateTime<Utc>,
}
