//! Inputs of returns: commands and filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::model::{ReturnId, ReturnLineId, ReturnState};
use super::query::ReturnCondition;
use crate::db::tenant_tables::returns;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::orders::input::OrderIdFilter;
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::stock::lots::naming::StockLotInput;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{DateTimeFilter, Where, bounded, nested_where, where_id, where_time};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// Goods of an order that a customer wants to bring back.
#[derive(InputObject, Debug)]
pub struct ReturnRequestInput {
    /// The order by which they were delivered.
    pub order_id: OrderId,
    /// What; 1 to 200 lines, each line of the order once.
    pub lines: Vec<ReturnLineInput>,
    /// Why; 1 to 500 characters.
    pub reason: String,
    /// Where they shall come; the warehouse of the order if absent.
    pub warehouse_id: Option<WarehouseId>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line of an order shall come back.
#[derive(InputObject, Debug)]
pub struct ReturnLineInput {
    /// Which line.
    pub order_line_id: OrderLineId,
    /// How much: at most what was delivered and is neither back nor on its way back.
    pub quantity: QuantityInput,
}

/// Which return to approve, and at what fee.
#[derive(InputObject, Debug)]
pub struct ReturnApproveInput {
    /// Which return.
    pub id: ReturnId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// What the dealer keeps of the credit for taking the goods back, in percent with at most 4
    /// decimals.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub restocking_fee: Decimal,
    /// Lines with a fee of their own.
    #[graphql(default)]
    pub lines: Vec<ReturnFeeInput>,
    /// What to say to the customer; at most 500 characters.
    pub answer: Option<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The fee of a line.
#[derive(InputObject, Debug)]
pub struct ReturnFeeInput {
    /// Which line.
    pub line_id: ReturnLineId,
    /// What the dealer keeps of its credit, in percent with at most 4 decimals.
    pub restocking_fee: Decimal,
}

/// Which return to reject, and why.
#[derive(InputObject, Debug)]
pub struct ReturnRejectInput {
    /// Which return.
    pub id: ReturnId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why; 1 to 500 characters.
    pub answer: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What came of a return.
#[derive(InputObject, Debug)]
pub struct ReturnReceiveInput {
    /// Which return.
    pub id: ReturnId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Lines of which not all came, or not all can be sold again; all others came whole and
    /// sound.
    #[graphql(default)]
    pub lines: Vec<ReturnReceiveLineInput>,
    /// Where the goods came, if not where they should.
    pub warehouse_id: Option<WarehouseId>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What came of a line.
#[derive(InputObject, Debug)]
pub struct ReturnReceiveLineInput {
    /// Which line.
    pub line_id: ReturnLineId,
    /// What can be sold again, in base units: it lies in the warehouse from now on.
    pub resaleable: Decimal,
    /// What can not, in base units: it is credited, and kept nowhere.
    #[graphql(default_with = "Decimal(rust_decimal::Decimal::ZERO)")]
    pub spoilt: Decimal,
    /// Of which lot it is what can be sold again, if the product is kept by lots. Needed then.
    pub lot: Option<StockLotInput>,
}

/// Which return to credit.
#[derive(InputObject, Debug)]
pub struct ReturnCreditInput {
    /// Which return.
    pub id: ReturnId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which returns to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ReturnWhere {
    /// On the order whose goods come back.
    pub order_id: Option<OrderIdFilter>,
    /// On the customer.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// On where the goods come.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<ReturnState>>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<ReturnWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<ReturnWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<ReturnWhere>>,
}

impl Where for ReturnWhere {
    type Table = returns::table;

    fn own(&self) -> AppResult<Vec<ReturnCondition>> {
        let mut conditions: Vec<ReturnCondition> = Vec::new();
        where_id!(conditions, returns::order_id, &self.order_id);
        where_id!(conditions, returns::customer_id, &self.customer_id);
        where_id!(conditions, returns::job_id, &self.job_id);
        where_id!(conditions, returns::warehouse_id, &self.warehouse_id);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(returns::state.eq_any(states.clone()).nullable()));
        }
        where_time!(conditions, returns::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
