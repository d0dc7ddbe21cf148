//! Inputs of values.

use async_graphql::InputObject;

use crate::dealer::catalog::attributes::model::AttributeId;
use crate::dealer::catalog::products::model::ProductId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// What a product is by one attribute: the value that the kind of the attribute asks for, or
/// none to clear it.
#[derive(InputObject, Clone, Debug)]
pub struct AttributeValueInput {
    /// Which attribute: one that the product's category or one above it has.
    pub attribute_id: AttributeId,
    /// The text, or one of the choices.
    pub text: Option<String>,
    /// The number, in the attribute's unit, with at most 6 decimals.
    pub number: Option<Decimal>,
    /// Yes or no.
    pub flag: Option<bool>,
}

/// What a product is.
#[derive(InputObject, Debug)]
pub struct ProductAttributesSetInput {
    /// Which product.
    pub id: ProductId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Its values, at most 100; those of other attributes stay. Afterwards no attribute that
    /// is required may be without.
    pub values: Vec<AttributeValueInput>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
