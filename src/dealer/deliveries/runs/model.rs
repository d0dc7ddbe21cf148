//! Rows and enums of runs.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::db::tenant_tables::delivery_runs;
use crate::db::text_enum::text_enum;
use crate::dealer::deliveries::model::DeliveryRunId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::kernel::ids::UserId;

text_enum! {
    /// Where a run stands.
    pub enum DeliveryRunState {
        /// Written down.
        Planned = "PLANNED",
        /// The truck has left.
        UnderWay = "UNDER_WAY",
        /// The truck is back.
        Done = "DONE",
        /// Given up before the truck left.
        Cancelled = "CANCELLED",
    }
}

/// A run as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = delivery_runs, check_for_backend(diesel::pg::Pg))]
pub struct DeliveryRunRow {
    /// Its id.
    pub id: DeliveryRunId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Where it begins.
    pub warehouse_id: WarehouseId,
    /// Plate or name of the truck.
    pub truck: String,
    /// Who drives.
    pub driver: Option<UserId>,
    /// Its day.
    pub runs_on: NaiveDate,
    /// Where it stands.
    pub state: DeliveryRunState,
    /// In the words of whoever planned it.
    pub note: Option<String>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = delivery_runs)]
pub struct DeliveryRunChanges {
    /// Another truck.
    pub truck: Option<String>,
    /// Another driver, or none.
    pub driver: Option<Option<UserId>>,
    /// Another day.
    pub runs_on: Option<NaiveDate>,
    /// New state.
    pub state: Option<DeliveryRunState>,
    /// Another note, or none.
    pub note: Option<Option<String>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl DeliveryRunChanges {
    /// Nothing but the time.
    pub const fn none(now: DateTime<Utc>) -> Self {
        Self {
            truck: None,
            driver: None,
            runs_on: None,
            state: None,
            note: None,
            updated_at: now,
        }
    }
}
