//! Rows and enums of transfers, and what may be done in which state.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{stock_transfer_lines, stock_transfers};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A transfer.
    TransferId, "trf"
);

typed_id!(
    /// A line of a transfer.
    TransferLineId, "trl"
);

text_enum! {
    /// Where a transfer stands.
    pub enum TransferState {
        /// Written down.
        Draft = "DRAFT",
        /// Its goods are reserved.
        Approved = "APPROVED",
        /// Its goods are on their way.
        Dispatched = "DISPATCHED",
        /// Its goods have arrived.
        Received = "RECEIVED",
        /// Given up before its goods left.
        Cancelled = "CANCELLED",
    }
}

/// What can be done with a transfer.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferAction {
    /// transferApprove.
    Approve,
    /// transferDispatch.
    Dispatch,
    /// transferReceive.
    Receive,
    /// transferCancel.
    Cancel,
}

impl TransferState {
    /// Those in which its goods are still to be moved.
    pub const OPEN: [Self; 3] = [Self::Draft, Self::Approved, Self::Dispatched];

    /// What can be done in it.
    pub const fn actions(self) -> &'static [TransferAction] {
        match self {
            Self::Draft => &[TransferAction::Approve, TransferAction::Cancel],
            Self::Approved => &[TransferAction::Dispatch, TransferAction::Cancel],
            Self::Dispatched => &[TransferAction::Receive],
            Self::Received | Self::Cancelled => &[],
        }
    }
}

impl TransferAction {
    /// The state it leads to.
    pub const fn leads_to(self) -> TransferState {
        match self {
            Self::Approve => TransferState::Approved,
            Self::Dispatch => TransferState::Dispatched,
            Self::Receive => TransferState::Received,
            Self::Cancel => TransferState::Cancelled,
        }
    }
}

/// A transfer as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_transfers, check_for_backend(diesel::pg::Pg))]
pub struct TransferRow {
    /// Its id.
    pub id: TransferId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Where the goods are.
    pub from_id: WarehouseId,
    /// Where they shall be.
    pub to_id: WarehouseId,
    /// Where it stands.
    pub state: TransferState,
    /// Where its goods lie on their way, once they have left.
    pub transit_id: Option<WarehouseId>,
    /// In the words of whoever made it.
    pub note: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// On which day its goods should arrive, if that was said.
    pub due_on: Option<NaiveDate>,
}

/// What moving a transfer on sets.
#[derive(AsChangeset, Clone, Copy, Debug)]
#[diesel(table_name = stock_transfers)]
pub struct TransferStep {
    /// The state it comes to.
    pub state: TransferState,
    /// Where its goods lie from now on; absent, what is there stays.
    pub transit_id: Option<WarehouseId>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

/// A line of a transfer as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = stock_transfer_lines, check_for_backend(diesel::pg::Pg))]
pub struct TransferLineRow {
    /// Its id.
    pub id: TransferLineId,
    /// Whose line.
    pub transfer_id: TransferId,
    /// Its place among the lines.
    pub position: i32,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it was asked for.
    pub unit_id: UnitId,
    /// How many of that unit.
    pub unit_quantity: Decimal,
    /// How much, in base units.
    pub quantity: Decimal,
    /// What arrived, in base units; none before it has.
    pub received: Option<Decimal>,
}
