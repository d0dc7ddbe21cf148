//! Inputs of what a customer's own people do with orders.

use async_graphql::InputObject;
use chrono::NaiveDate;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::orders::input::{OrderAddressInput, OrderLineInput, SaleLineInput};
use crate::dealer::orders::model::OrderId;
use crate::graphql::idempotency::IdempotencyKey;

/// What one of a customer's people orders, at the customer's own prices.
#[derive(InputObject, Debug)]
pub struct OrderPlaceInput {
    /// For which of the customer's jobs.
    pub job_id: Option<JobId>,
    /// What; 1 to 200 lines. A product may stand in several.
    pub lines: Vec<OrderPlaceLineInput>,
    /// The day on which the goods are wanted.
    pub wanted_on: Option<NaiveDate>,
    /// Whether they are fetched.
    #[graphql(default)]
    pub is_pickup: bool,
    /// Where the goods go; to the job if absent.
    pub address: Option<OrderAddressInput>,
    /// What drivers should know; what the job says of its site if absent. At most 500 characters.
    pub instructions: Option<String>,
    /// The customer's own number of it; that of the job if absent. At most 100 characters.
    pub reference: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One line of what is placed.
#[derive(InputObject, Debug)]
pub struct OrderPlaceLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much.
    pub quantity: QuantityInput,
    /// In your own words; at most 200 characters.
    pub note: Option<String>,
}

impl From<OrderPlaceLineInput> for OrderLineInput {
    /// At the price that is found, by the way that is usual.
    fn from(line: OrderPlaceLineInput) -> Self {
        Self {
            sale: SaleLineInput {
                product_id: line.product_id,
                quantity: line.quantity,
                unit_price: None,
                price_unit_id: None,
                discount: None,
                price_reason: None,
                sourcing: None,
                warehouse_id: None,
                note: line.note,
            },
            choose_warehouse: false,
        }
    }
}

/// Which order is not wanted, and why.
#[derive(InputObject, Debug)]
pub struct OrderDeclineInput {
    /// Which order.
    pub id: OrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why; 1 to 200 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
