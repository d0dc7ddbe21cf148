//! Inputs of transfers: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{TransferId, TransferLineId, TransferState};
use super::query::TransferCondition;
use crate::db::tenant_tables::stock_transfers;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::stock::lots::naming::StockLotInput;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{DateTimeFilter, Where, bounded, nested_where, where_id, where_time};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// Goods to move from one place of yours to another.
#[derive(InputObject, Debug)]
pub struct TransferCreateInput {
    /// Where they are.
    pub from_id: WarehouseId,
    /// Where they shall be.
    pub to_id: WarehouseId,
    /// What, each product once; 1 to 200 lines.
    pub lines: Vec<TransferLineInput>,
    /// On which day at the dealer its goods should arrive, if that is known: from then on they
    /// are expected where they shall be.
    pub due_on: Option<NaiveDate>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One product of a transfer.
#[derive(InputObject, Debug)]
pub struct TransferLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much.
    pub quantity: QuantityInput,
}

/// Which transfer to move on.
#[derive(InputObject, Debug)]
pub struct TransferStepInput {
    /// Which transfer.
    pub id: TransferId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by transferDispatch.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a transfer arrived.
#[derive(InputObject, Debug)]
pub struct TransferReceiveInput {
    /// Which transfer.
    pub id: TransferId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Lines of which not all arrived, or more; all others arrived in full.
    #[graphql(default)]
    pub lines: Vec<TransferReceiveLineInput>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line arrived.
#[derive(InputObject, Debug)]
pub struct TransferReceiveLineInput {
    /// Which line.
    pub line_id: TransferLineId,
    /// How much, in base units; may be zero.
    pub received: Decimal,
    /// Of which lot is what came besides what was sent, if the product is kept by lots.
    pub lot: Option<StockLotInput>,
}

/// Which transfers to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TransferWhere {
    /// On where goods are.
    pub from_id: Option<WarehouseIdFilter>,
    /// On where they shall be.
    pub to_id: Option<WarehouseIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<TransferState>>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<TransferWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<TransferWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<TransferWhere>>,
}

impl Where for TransferWhere {
    type Table = stock_transfers::table;

    fn own(&self) -> AppResult<Vec<TransferCondition>> {
        let mut conditions: Vec<TransferCondition> = Vec::new();
        where_id!(conditions, stock_transfers::from_id, &self.from_id);
        where_id!(conditions, stock_transfers::to_id, &self.to_id);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(
                stock_transfers::state.eq_any(states.clone()).nullable(),
            ));
        }
        where_time!(conditions, stock_transfers::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
