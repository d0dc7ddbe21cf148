//! Amounts as they are asked for.

use async_graphql::InputObject;

use crate::dealer::catalog::units::model::UnitId;
use crate::graphql::scalars::Decimal;
use crate::kernel::quantity::Rounding;

/// An amount of a product in one of its units.
#[derive(InputObject, Clone, Debug)]
pub struct QuantityInput {
    /// How many of the unit; above zero.
    pub value: Decimal,
    /// The unit, one of the product's; its base unit if absent.
    pub unit_id: Option<UnitId>,
    /// What becomes of an amount between two that can be had: 20 m² of tiles are 13.9
    /// boxes.
    #[graphql(default)]
    pub rounding: Rounding,
}
