//! Which deliveries to list.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::model::DeliveryState;
use super::query::DeliveryCondition;
use super::runs::input::DeliveryRunIdFilter;
use crate::db::tenant_tables::{deliveries, delivery_runs};
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::orders::input::OrderIdFilter;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::error::AppResult;
use crate::graphql::filter::{DateFilter, Where, bounded, nested_where, where_date, where_id};
use crate::kernel::ids::UserId;

/// Which deliveries to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DeliveryWhere {
    /// On the day on which they should come.
    pub planned_on: Option<DateFilter>,
    /// On where they stand: one of these.
    pub states: Option<Vec<DeliveryState>>,
    /// On whose they are.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job they are for.
    pub job_id: Option<JobIdFilter>,
    /// On the order they are of.
    pub order_id: Option<OrderIdFilter>,
    /// On where the goods come from.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On the run that brings them.
    pub run_id: Option<DeliveryRunIdFilter>,
    /// On who drives them: one of these members, at most 200.
    pub driver_ids: Option<Vec<UserId>>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<DeliveryWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<DeliveryWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<DeliveryWhere>>,
}

impl Where for DeliveryWhere {
    type Table = deliveries::table;

    fn own(&self) -> AppResult<Vec<DeliveryCondition>> {
        let mut conditions: Vec<DeliveryCondition> = Vec::new();
        where_date!(conditions, deliveries::planned_on, &self.planned_on);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            conditions.push(Box::new(
                deliveries::state.eq_any(states.clone()).nullable(),
            ));
        }
        where_id!(conditions, deliveries::customer_id, &self.customer_id);
        where_id!(conditions, deliveries::job_id, &self.job_id);
        where_id!(conditions, deliveries::order_id, &self.order_id);
        where_id!(conditions, deliveries::warehouse_id, &self.warehouse_id);
        where_id!(conditions, deliveries::run_id, &self.run_id);
        if let Some(drivers) = &self.driver_ids {
            bounded(drivers.len())?;
            let theirs = delivery_runs::table
                .filter(delivery_runs::driver.eq_any(drivers.clone()))
                .select(delivery_runs::id.nullable());
            conditions.push(Box::new(deliveries::run_id.eq_any(theirs)));
        }
        Ok(conditions)
    }

    nested_where!();
}
