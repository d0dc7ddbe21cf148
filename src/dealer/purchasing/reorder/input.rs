//! Inputs of ordering what runs out.

use async_graphql::InputObject;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::graphql::idempotency::IdempotencyKey;

/// What to order of that which runs out in a warehouse.
#[derive(InputObject, Debug)]
pub struct ReorderToPurchaseOrdersInput {
    /// Where it runs out; no warehouse of kind TRANSIT.
    pub warehouse_id: WarehouseId,
    /// Which of the suggestions, 1 to 200; absent, all of them, at most 1000.
    pub suggestions: Option<Vec<ReorderLineInput>>,
    /// In your own words, on each of the orders; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One of the suggestions.
#[derive(InputObject, Debug)]
pub struct ReorderLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much; what is suggested if absent.
    pub quantity: Option<QuantityInput>,
}
