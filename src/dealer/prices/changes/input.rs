//! Inputs of price changes.

use async_graphql::InputObject;

use crate::dealer::catalog::products::input::ProductWhere;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// A change of many list prices. Name exactly one of percent and amount.
#[derive(InputObject, Clone, Debug)]
pub struct PriceChangeInput {
    /// Which products; of those in use all if absent. At most 10,000.
    #[graphql(name = "where")]
    pub filter: Option<ProductWhere>,
    /// More, or less if negative, in percent of the price; at most 4 decimals.
    pub percent: Option<Decimal>,
    /// More, or less if negative, per base unit; at most 4 decimals.
    pub amount: Option<Decimal>,
    /// What new prices are a multiple of, the nearest one; 0.0001 if absent.
    pub round_to: Option<Decimal>,
}

/// A change of many list prices, as it was shown.
#[derive(InputObject, Debug)]
pub struct PriceChangeApplyInput {
    /// The same change of which the preview was.
    pub change: PriceChangeInput,
    /// The token of the preview. CONFLICT if since then a price has changed, or other products
    /// would be changed.
    pub token: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
