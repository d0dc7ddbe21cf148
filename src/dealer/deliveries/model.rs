//! Rows and enums of deliveries.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::db::tenant_tables::{deliveries, delivery_lines};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::typed_id;
use crate::kernel::quantity::MOST_DECIMALS;
use crate::kernel::ratio::Ratio;

typed_id!(
    /// A delivery.
    DeliveryId, "dlv"
);

typed_id!(
    /// A line of a delivery.
    DeliveryLineId, "dll"
);

typed_id!(
    /// A way of a truck.
    DeliveryRunId, "run"
);

text_enum! {
    /// How goods come to the customer.
    pub enum DeliveryMethod {
        /// A truck brings them.
        Truck = "TRUCK",
        /// The customer fetches them.
        Pickup = "PICKUP",
    }
}

text_enum! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// Written down.
        Planned = "PLANNED",
        /// Its goods are on the truck, and still the dealer's to take down again.
        Loaded = "LOADED",
        /// Its goods have left the warehouse.
        Dispatched = "DISPATCHED",
        /// Its goods are with the customer; what was not taken is back.
        Delivered = "DELIVERED",
        /// Nobody took its goods: all of them are back.
        Failed = "FAILED",
        /// Given up before its goods left.
        Cancelled = "CANCELLED",
    }
}

/// A delivery as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = deliveries, check_for_backend(diesel::pg::Pg))]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Of which order.
    pub order_id: OrderId,
    /// Whose order.
    pub customer_id: CustomerId,
    /// For which of its jobs.
    pub job_id: Option<JobId>,
    /// Where the goods come from.
    pub warehouse_id: WarehouseId,
    /// The run that brings them.
    pub run_id: Option<DeliveryRunId>,
    /// 1, 2, 3 … on the way of the run.
    pub stop: Option<i32>,
    /// How they come to the customer.
    pub method: DeliveryMethod,
    /// Where it stands.
    pub state: DeliveryState,
    /// The day on which they should come.
    pub planned_on: NaiveDate,
    /// Where they go: street and number.
    pub address_line: Option<String>,
    /// Where they go: city.
    pub city: Option<String>,
    /// Where they go: postcode.
    pub postcode: Option<String>,
    /// What drivers should know.
    pub instructions: Option<String>,
    /// In the words of whoever planned it.
    pub note: Option<String>,
    /// Who took the goods.
    pub signer: Option<String>,
    /// Why nobody took them.
    pub failure_reason: Option<String>,
    /// When they left.
    pub dispatched_at: Option<DateTime<Utc>>,
    /// When they were handed over.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A line of a delivery as stored. Amounts are in base units, but for `unit_quantity`.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = delivery_lines, check_for_backend(diesel::pg::Pg))]
pub struct DeliveryLineRow {
    /// Its id.
    pub id: DeliveryLineId,
    /// Whose line.
    pub delivery_id: DeliveryId,
    /// Whose order.
    pub customer_id: CustomerId,
    /// Its place among the lines.
    pub position: i32,
    /// Of which line of the order.
    pub order_line_id: OrderLineId,
    /// Of what.
    pub product_id: ProductId,
    /// The unit in which it is delivered.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
    /// How many of the unit are to be delivered.
    pub unit_quantity: Decimal,
    /// What is to be delivered.
    pub quantity: Decimal,
    /// What was handed over; none before.
    pub delivered: Option<Decimal>,
    /// In kilograms, by the weighbridge, if it was weighed.
    pub weight: Option<Decimal>,
    /// What the goods handed over had cost; until then, what went on the truck.
    pub cost: Option<Decimal>,
}

impl DeliveryLineRow {
    /// How many of its unit so many base units are, with at most six decimals.
    pub fn in_unit(&self, base: Decimal) -> AppResult<Decimal> {
        let half = RoundingStrategy::MidpointAwayFromZero;
        let factor = Ratio::new(self.num, self.den).map_err(AppError::internal)?;
        let value = factor.inverse().to_base_rounded(base, MOST_DECIMALS, half);
        value.map_err(AppError::internal)
    }
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = deliveries)]
pub struct DeliveryChanges {
    /// New state.
    pub state: Option<DeliveryState>,
    /// Another run, or none.
    pub run_id: Option<Option<DeliveryRunId>>,
    /// Another place on its way, or none.
    pub stop: Option<Option<i32>>,
    /// Another day.
    pub planned_on: Option<NaiveDate>,
    /// Another street and number, or none.
    pub address_line: Option<Option<String>>,
    /// Another city, or none.
    pub city: Option<Option<String>>,
    /// Another postcode, or none.
    pub postcode: Option<Option<String>>,
    /// Other words for drivers, or none.
    pub instructions: Option<Option<String>>,
    /// Another note, or none.
    pub note: Option<Option<String>>,
    /// Who took the goods.
    pub signer: Option<String>,
    /// Why nobody took them.
    pub failure_reason: Option<String>,
    /// When they left.
    pub dispatched_at: Option<DateTime<Utc>>,
    /// When they were handed over.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl DeliveryChanges {
    /// Nothing but the time.
    pub const fn none(now: DateTime<Utc>) -> Self {
        Self {
            state: None,
            run_id: None,
            stop: None,
            planned_on: None,
            address_line: None,
            city: None,
            postcode: None,
            instructions: None,
            note: None,
            signer: None,
            failure_reason: None,
            dispatched_at: None,
            delivered_at: None,
            updated_at: now,
        }
    }

    /// Another state.
    pub const fn to(state: DeliveryState, now: DateTime<Utc>) -> Self {
        let mut changes = Self::none(now);
        changes.state = Some(state);
        changes
    }
}
