//! Inputs of a level's settings.

use async_graphql::{InputObject, MaybeUndefined};

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// How a product is kept in a warehouse; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct StockLevelSetInput {
    /// Of what.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Whether goods may go before they come.
    pub may_be_negative: Option<bool>,
    /// What is available should not fall below this, in base units; null if nobody minds.
    pub reorder_point: MaybeUndefined<Decimal>,
    /// How much is bought at a time, in base units; null if that does not matter.
    pub reorder_quantity: MaybeUndefined<Decimal>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
