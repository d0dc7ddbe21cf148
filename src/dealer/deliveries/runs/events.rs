//! What happens to runs.

use super::model::DeliveryRunRow;
use crate::dealer::deliveries::model::DeliveryRunId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::events::events;
use crate::kernel::ids::UserId;

events! {
    /// What readers learn of a run.
    pub struct DeliveryRunFacts {
        /// The run.
        delivery_run: DeliveryRunId,
        /// Its number.
        number: String,
        /// Where it begins.
        warehouse: WarehouseId,
        /// Plate or name of the truck.
        truck: String,
        /// Who drives.
        driver: Option<UserId>,
        /// Its day: 2026-11-22.
        runs_on: String,
        /// Where it stands, as the state of the run.
        state: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff:
    /// A run was planned.
    DeliveryRunCreated = "delivery_run.created", version 1;
    /// A run was changed, or the order of its stops.
    DeliveryRunUpdated = "delivery_run.updated", version 1;
    /// A truck has left.
    DeliveryRunStarted = "delivery_run.started", version 1;
    /// A truck is back.
    DeliveryRunFinished = "delivery_run.finished", version 1;
    /// A run was given up before the truck left.
    DeliveryRunCancelled = "delivery_run.cancelled", version 1;
}

impl From<&DeliveryRunRow> for DeliveryRunFacts {
    fn from(row: &DeliveryRunRow) -> Self {
        Self {
            delivery_run: row.id,
            number: row.number.to_string(),
            warehouse: row.warehouse_id,
            truck: row.truck.clone(),
            driver: row.driver,
            runs_on: row.runs_on.to_string(),
            state: row.state.as_str().to_owned(),
            record_version: row.version,
        }
    }
}
