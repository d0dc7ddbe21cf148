//! Inputs of deliveries: commands.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;

use super::model::{DeliveryId, DeliveryLineId, DeliveryMethod, DeliveryRunId};
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::files::FileId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// Goods of an order to deliver.
#[derive(InputObject, Debug)]
pub struct DeliveryPlanInput {
    /// Of which order.
    pub order_id: OrderId,
    /// What, each line of the order once, at most 200; if absent, all that is left of the lines
    /// whose goods come from the warehouse.
    pub lines: Option<Vec<DeliveryLineInput>>,
    /// On which day it should come, not one that is over; that of the run if absent, which is
    /// needed then.
    pub planned_on: Option<NaiveDate>,
    /// Where the goods come from; that of the order if absent.
    pub warehouse_id: Option<WarehouseId>,
    /// How it comes; as the order says if absent.
    pub method: Option<DeliveryMethod>,
    /// The run that brings it, one that is planned, on that day and from that warehouse.
    pub run_id: Option<DeliveryRunId>,
    /// Its place on the way of the run, 1 to 999; the last one if absent.
    pub stop: Option<i32>,
    /// Where it goes: street and number, at most 200 characters; as the order says if absent.
    pub address_line: Option<String>,
    /// Where it goes: town, at most 100 characters; as the order says if absent.
    pub city: Option<String>,
    /// Where it goes: postal code, at most 20 characters; as the order says if absent.
    pub postcode: Option<String>,
    /// What drivers should know, at most 500 characters; as the order says if absent.
    pub instructions: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line of the order to deliver.
#[derive(InputObject, Clone, Debug)]
pub struct DeliveryLineInput {
    /// Which line of the order.
    pub order_line_id: OrderLineId,
    /// How much; all that is left of it if absent.
    pub quantity: Option<QuantityInput>,
}

/// What to change of a delivery that is planned. Absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct DeliveryUpdateInput {
    /// Which delivery.
    pub id: DeliveryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// What to deliver instead, each line of the order once, 1 to 200.
    pub lines: Option<Vec<DeliveryLineInput>>,
    /// On which day it should come; one that is on a run comes with it.
    pub planned_on: Option<NaiveDate>,
    /// The run that brings it; null takes it off its run.
    pub run_id: MaybeUndefined<DeliveryRunId>,
    /// Its place on the way of the run, 1 to 999; the last one where a run is named without it.
    pub stop: Option<i32>,
    /// Where it goes: street and number, at most 200 characters.
    pub address_line: MaybeUndefined<String>,
    /// Where it goes: town, at most 100 characters.
    pub city: MaybeUndefined<String>,
    /// Where it goes: postal code, at most 20 characters.
    pub postcode: MaybeUndefined<String>,
    /// What drivers should know, at most 500 characters.
    pub instructions: MaybeUndefined<String>,
    /// In your own words; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which delivery to move on.
#[derive(InputObject, Debug)]
pub struct DeliveryStepInput {
    /// Which delivery.
    pub id: DeliveryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by deliveryDispatch.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a delivery was handed over.
#[derive(InputObject, Debug)]
pub struct DeliveryConfirmInput {
    /// Which delivery.
    pub id: DeliveryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Who took the goods; 1 to 100 characters.
    pub signer: String,
    /// Lines of which another amount was handed over, or that were weighed; all others were
    /// handed over as planned.
    #[graphql(default)]
    pub lines: Vec<DeliveryConfirmLineInput>,
    /// Files that prove it, which have been uploaded, such as a photograph: they are attached to
    /// the delivery. At most 10.
    #[graphql(default)]
    pub file_ids: Vec<FileId>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line was handed over. Give a quantity, a weight, or both where the product has no
/// unit of kilograms (KGM) or tonnes (TNE).
#[derive(InputObject, Clone, Debug)]
pub struct DeliveryConfirmLineInput {
    /// Which line of the delivery.
    pub line_id: DeliveryLineId,
    /// How much; may be zero, and no more than was planned.
    pub quantity: Option<QuantityInput>,
    /// What the weighbridge says, in kilograms with at most 6 decimals. Of a product with a unit
    /// of kilograms or tonnes it says how much was handed over, which may be up to a tenth more
    /// than was planned; the rest is taken out of stock, too.
    pub weight: Option<Decimal>,
}

/// A delivery that was not taken.
#[derive(InputObject, Debug)]
pub struct DeliveryFailInput {
    /// Which delivery.
    pub id: DeliveryId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why nobody took it; 1 to 500 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Goods of an order that the customer takes with him.
#[derive(InputObject, Debug)]
pub struct DeliveryPickupInput {
    /// Of which order.
    pub order_id: OrderId,
    /// What, each line of the order once, at most 200; if absent, all that is left of the lines
    /// whose goods come from the warehouse.
    pub lines: Option<Vec<DeliveryPickupLineInput>>,
    /// Where the goods are; that of the order if absent.
    pub warehouse_id: Option<WarehouseId>,
    /// Who took the goods; 1 to 100 characters.
    pub signer: String,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// Files that prove it, which have been uploaded: they are attached to the delivery. At
    /// most 10.
    #[graphql(default)]
    pub file_ids: Vec<FileId>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What of a line of the order the customer takes with him.
#[derive(InputObject, Clone, Debug)]
pub struct DeliveryPickupLineInput {
    /// Which line of the order.
    pub order_line_id: OrderLineId,
    /// How much; all that is left of it if absent.
    pub quantity: Option<QuantityInput>,
    /// What the weighbridge says, in kilograms with at most 6 decimals. Of a product with a unit
    /// of kilograms or tonnes it says how much he takes, in place of a quantity; it may be up to
    /// a tenth more than is left of the line.
    pub weight: Option<Decimal>,
}
