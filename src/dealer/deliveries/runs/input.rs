//! Inputs of runs: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::DeliveryRunState;
use super::query::DeliveryRunCondition;
use crate::db::tenant_tables::delivery_runs;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryRunId};
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateFilter, Where, bounded, id_filter, nested_where, where_date, where_id,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::kernel::ids::UserId;

id_filter!(DeliveryRunIdFilter, DeliveryRunId, "a run");

/// A truck, its driver and its way on a day.
#[derive(InputObject, Debug)]
pub struct DeliveryRunCreateInput {
    /// Where it begins.
    pub warehouse_id: WarehouseId,
    /// Plate or name of the truck; 1 to 40 characters.
    pub truck: String,
    /// Who drives: a member, and nobody of a customer's.
    pub driver_id: Option<UserId>,
    /// Its day.
    pub runs_on: NaiveDate,
    /// Deliveries on it in the order of its stops, each once, at most 200. They have not left,
    /// begin at the warehouse and are no pickups; they come on the day of the run from now on.
    #[graphql(default)]
    pub delivery_ids: Vec<DeliveryId>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change of a run that has not begun. Absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct DeliveryRunUpdateInput {
    /// Which run.
    pub id: DeliveryRunId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Plate or name of the truck; 1 to 40 characters.
    pub truck: Option<String>,
    /// Who drives: a member, and nobody of a customer's; null if nobody does yet.
    pub driver_id: MaybeUndefined<UserId>,
    /// Its day; its deliveries come on that day, too.
    pub runs_on: Option<NaiveDate>,
    /// All deliveries on it in the order of its stops, each once, at most 200, as in
    /// deliveryRunCreate; others that were on it are taken off.
    pub delivery_ids: Option<Vec<DeliveryId>>,
    /// In your own words; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which run to move on.
#[derive(InputObject, Debug)]
pub struct DeliveryRunStepInput {
    /// Which run.
    pub id: DeliveryRunId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by deliveryRunStart.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which runs to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DeliveryRunWhere {
    /// On its day.
    pub runs_on: Option<DateFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<DeliveryRunState>>,
    /// On where it begins.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On who drives: one of these members, at most 200.
    pub driver_ids: Option<Vec<UserId>>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<DeliveryRunWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<DeliveryRunWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<DeliveryRunWhere>>,
}

impl Where for DeliveryRunWhere {
    type Table = delivery_runs::table;

    fn own(&self) -> AppResult<Vec<DeliveryRunCondition>> {
        let mut conditions: Vec<DeliveryRunCondition> = Vec::new();
        where_date!(conditions, delivery_runs::runs_on, &self.runs_on);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(
                delivery_runs::state.eq_any(states.clone()).nullable(),
            ));
        }
        where_id!(conditions, delivery_runs::warehouse_id, &self.warehouse_id);
        if let Some(drivers) = &self.driver_ids {
            bounded(drivers.len())?;
            conditions.push(Box::new(
                delivery_runs::driver.eq_any(drivers.clone()).nullable(),
            ));
        }
        Ok(conditions)
    }

    nested_where!();
}
