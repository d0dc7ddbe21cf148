//! Inputs of many products at once.

use async_graphql::{InputObject, MaybeUndefined};

use crate::dealer::catalog::attributes::values::input::AttributeValueInput;
use crate::dealer::catalog::products::input::ProductUnitInput;
use crate::dealer::catalog::products::model::ProductKind;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// A product to add, or to change if there is one with the SKU. Absent fields keep their
/// value; a new product needs name, base unit and list price.
#[derive(InputObject, Debug)]
pub struct ProductUpsertRow {
    /// By which it is known: letters, digits and - _ . / Compared exactly: `til` is another
    /// product than `TIL`.
    pub sku: String,
    /// Name for people.
    pub name: Option<String>,
    /// More about it, at most 5000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// How it reaches the customer; of a new product STOCK if absent. `NOT_ALLOWED` for another
    /// one once it has been in stock.
    pub kind: Option<ProductKind>,
    /// Code of its category; null takes it out of the tree. What another category requires is
    /// needed.
    pub category: MaybeUndefined<String>,
    /// Code of the unit it is kept and priced in; that of a product that is there stays.
    pub base_unit: Option<String>,
    /// List price per base unit in the dealer's currency, at most 4 decimals.
    pub list_price: Option<Decimal>,
    /// All units from now on, at most 20; the base unit is among them in any case.
    pub units: Option<Vec<ProductUnitInput>>,
    /// What it is, at most 100 values; those of other attributes stay.
    pub attributes: Option<Vec<AttributeValueInput>>,
}

/// Products to add or change.
#[derive(InputObject, Debug)]
pub struct ProductBulkUpsertInput {
    /// The products, 1 to 500, each SKU once.
    pub rows: Vec<ProductUpsertRow>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
