//! What an input says of a delivery besides its lines.

use chrono::{DateTime, NaiveDate, Utc};

use super::input::DeliveryPlanInput;
use super::model::{DeliveryId, DeliveryMethod, DeliveryRow, DeliveryRunId, DeliveryState};
use super::runs::model::DeliveryRunRow;
use crate::dealer::calendar::{check_coming, check_day};
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::{OrderRow, OrderState};
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::dealer::stock::warehouses::service::in_use;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// The last place on a run.
const LAST_STOP: i32 = 999;

/// What is said of a new delivery, checked by itself.
pub(super) struct Terms {
    pub planned_on: Option<NaiveDate>,
    pub method: Option<DeliveryMethod>,
    pub address_line: Option<String>,
    pub city: Option<String>,
    pub postcode: Option<String>,
    pub instructions: Option<String>,
    pub note: Option<String>,
}

impl Terms {
    pub(super) fn checked(
        checks: &mut Checks,
        input: &DeliveryPlanInput,
        now: DateTime<Utc>,
    ) -> Self {
        check_place(checks, (None, input.stop));
        if let Some(day) = input.planned_on {
            check_coming(checks, &["input", "plannedOn"], (day, now));
        }
        let alone = input.stop.is_none() || input.run_id.is_some();
        checks.require(alone, &["input", "stop"], "needs a run");
        let dated = input.planned_on.is_some() || input.run_id.is_some();
        checks.require(dated, &["input", "plannedOn"], "is needed without a run");
        let mut text = |field: &'static str, value: Option<&str>, max| {
            checks.optional_text(&["input", field], value, max)
        };
        Self {
            planned_on: input.planned_on,
            method: input.method,
            address_line: text("addressLine", input.address_line.as_deref(), 200),
            city: text("city", input.city.as_deref(), 100),
            postcode: text("postcode", input.postcode.as_deref(), 20),
            instructions: text("instructions", input.instructions.as_deref(), 500),
            note: text("note", input.note.as_deref(), 500),
        }
    }

    /// As a delivery of this order on this day, without a run and a number.
    pub(super) fn row(
        self,
        tx: &TenantTx,
        order: &OrderRow,
        (warehouse_id, planned_on): (WarehouseId, NaiveDate),
    ) -> DeliveryRow {
        let now = tx.now();
        let usual = if order.is_pickup {
            DeliveryMethod::Pickup
        } else {
            DeliveryMethod::Truck
        };
        // What goes elsewhere than the order says goes there in full.
        let elsewhere = self.address_line.is_some();
        let or = |own: Option<String>, of_order: Option<&str>| {
            let usual = of_order.filter(|_| !elsewhere);
            own.or_else(|| usual.map(str::to_owned))
        };
        DeliveryRow {
            id: DeliveryId::generate(),
            number: 0,
            order_id: order.id,
            customer_id: order.customer_id,
            job_id: order.job_id,
            warehouse_id,
            run_id: None,
            stop: None,
            method: self.method.unwrap_or(usual),
            state: DeliveryState::Planned,
            planned_on,
            city: or(self.city, order.city.as_deref()),
            postcode: or(self.postcode, order.postcode.as_deref()),
            address_line: self.address_line.or_else(|| order.address_line.clone()),
            instructions: self.instructions.or_else(|| order.instructions.clone()),
            note: self.note,
            signer: None,
            failure_reason: None,
            dispatched_at: None,
            delivered_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Notes what is wrong with a day and a place on a run by themselves.
pub(super) fn check_place(checks: &mut Checks, (day, stop): (Option<NaiveDate>, Option<i32>)) {
    if let Some(day) = day {
        check_day(checks, &["input", "plannedOn"], day);
    }
    let fits = stop.is_none_or(|stop| (1..=LAST_STOP).contains(&stop));
    checks.require(fits, &["input", "stop"], "must be between 1 and 999");
}

/// The order of which goods are to be delivered, among those that are locked.
pub(super) fn of_order(found: Option<&LockedOrder>) -> ServiceResult<&LockedOrder> {
    let path = ["input", "orderId"];
    let order = found.ok_or_else(|| {
        let message = "there is no such order";
        UserError::at(ErrorCode::NotFound, &path, message)
    })?;
    if order.row.state == OrderState::Confirmed {
        return Ok(order);
    }
    let state = order.row.state.as_str();
    let message = format!("the order is {state}; what is CONFIRMED is delivered");
    Err(UserError::at(ErrorCode::NotAllowed, &path, message).into())
}

/// The warehouse that is named, or that of the order, if goods go to customers from there.
pub(super) async fn warehouse(
    tx: &mut TenantTx,
    named: Option<WarehouseId>,
    order: &OrderRow,
) -> ServiceResult<WarehouseId> {
    let path = ["input", "warehouseId"];
    let row = in_use(tx, named.unwrap_or(order.warehouse_id), &path).await?;
    if row.kind == WarehouseKind::Transit {
        let message = "goods lie there while they are on their way, and are not sold";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    Ok(row.id)
}

/// Refuses a delivery on a run that does not go with it.
pub(super) fn suits(row: &DeliveryRow, run: &DeliveryRunRow) -> Result<(), UserError> {
    let refused = |field: &str, message: &str| {
        let path = ["input", field];
        Err(UserError::at(ErrorCode::NotAllowed, &path, message))
    };
    if row.method == DeliveryMethod::Pickup {
        return refused(
            "runId",
            "the customer fetches the goods: no truck brings them",
        );
    }
    if row.warehouse_id != run.warehouse_id {
        return refused("runId", "the run begins at another warehouse");
    }
    if row.planned_on != run.runs_on {
        return refused("plannedOn", "the run is on another day");
    }
    Ok(())
}

/// Puts a delivery on a run at a place.
pub(super) const fn put_on(row: &mut DeliveryRow, run: DeliveryRunId, stop: i32) {
    row.run_id = Some(run);
    row.stop = Some(stop);
}
