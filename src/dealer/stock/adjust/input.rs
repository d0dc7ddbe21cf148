//! Inputs of corrections.

use async_graphql::InputObject;

use crate::db::text_enum::text_enum;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::stock::ledger::input::StockDirection;
use crate::dealer::stock::lots::naming::StockLotInput;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

text_enum! {
    /// Why what is there is corrected.
    pub enum AdjustmentReason {
        /// Broken, wet, rusted.
        Damage = "DAMAGE",
        /// Gone, nobody knows where.
        Loss = "LOSS",
        /// There, though nobody knew.
        Found = "FOUND",
        /// Used by the dealer himself.
        OwnUse = "OWN_USE",
        /// Written down wrongly before.
        Correction = "CORRECTION",
        /// Brought over from the books kept before.
        Opening = "OPENING",
    }
}

/// A correction of what is in one warehouse. All of its lines are done, or none.
#[derive(InputObject, Debug)]
pub struct StockAdjustInput {
    /// Where; no warehouse of kind TRANSIT.
    pub warehouse_id: WarehouseId,
    /// Why.
    pub reason: AdjustmentReason,
    /// Why, in your own words; at most 500 characters.
    pub note: Option<String>,
    /// What; 1 to 200 lines.
    pub lines: Vec<StockAdjustLineInput>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One product of a correction.
#[derive(InputObject, Debug)]
pub struct StockAdjustLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// Whether some is added or taken away.
    pub direction: StockDirection,
    /// How much.
    pub quantity: QuantityInput,
    /// What a base unit of what is added has cost, with at most 4 decimals; that of what
    /// is there if absent. Takes cost:read.
    pub unit_cost: Option<Decimal>,
    /// Of which lot, if the product is kept by lots: needed for what is added; what is taken
    /// away without one is of those that expire first.
    pub lot: Option<StockLotInput>,
}
