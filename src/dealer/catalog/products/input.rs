//! Inputs of products: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::model::{ProductId, ProductKind};
use super::query::ProductCondition;
use crate::db::tenant_tables::products;
use crate::dealer::catalog::attributes::values::filter::AttributeFilter;
use crate::dealer::catalog::attributes::values::input::AttributeValueInput;
use crate::dealer::catalog::categories::input::CategoryIdFilter;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::units::model::UnitId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, DecimalFilter, StringFilter, Where, id_filter, nested_where, where_archived,
    where_decimal, where_id, where_text, where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

id_filter!(ProductIdFilter, ProductId, "a product");

/// A unit a product is bought or sold in.
#[derive(InputObject, Clone, Debug)]
pub struct ProductUnitInput {
    /// Which unit.
    pub unit_id: UnitId,
    /// Base units per one of this unit, numerator: 1 for the base unit, 20 for
    /// a tonne of cement in bags of 50 kg.
    pub num: i64,
    /// Base units per one of this unit, denominator. A metre of an 11.7 m bar
    /// is num 10, den 117.
    #[graphql(default = 1)]
    pub den: i64,
    /// A barcode on one of this unit, beside those it has.
    pub barcode: Option<String>,
    /// All barcodes on one of this unit from now on, at most 20; absent, it keeps those it
    /// has.
    pub barcodes: Option<Vec<String>>,
}

/// A product to add.
#[derive(InputObject, Debug)]
pub struct ProductCreateInput {
    /// Unique stock-keeping code: letters, digits and - _ . / Compared exactly: `til` is another
    /// one than `TIL`.
    pub sku: String,
    /// Name for people.
    pub name: String,
    /// More about it, at most 5000 characters.
    pub description: Option<String>,
    /// How it reaches the customer.
    #[graphql(default_with = "ProductKind::Stock")]
    pub kind: ProductKind,
    /// Where it stands in the category tree; not in an archived category.
    pub category_id: Option<CategoryId>,
    /// The unit it is kept and priced in; can not be changed later.
    pub base_unit_id: UnitId,
    /// List price per base unit in the dealer's currency, at most 4 decimals.
    pub list_price: Decimal,
    /// Further units, and the base unit again if it has a barcode; at most 20.
    #[graphql(default)]
    pub units: Vec<ProductUnitInput>,
    /// What it is, at most 100 values: all that its category requires, at least.
    #[graphql(default)]
    pub attributes: Vec<AttributeValueInput>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct ProductUpdateInput {
    /// Which product.
    pub id: ProductId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New SKU, compared exactly, upper and lower case apart.
    pub sku: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New description; null clears it.
    pub description: MaybeUndefined<String>,
    /// New kind; `NOT_ALLOWED` once it has been in stock.
    pub kind: Option<ProductKind>,
    /// New category; null takes it out of the tree. What another category requires is needed.
    pub category_id: MaybeUndefined<CategoryId>,
    /// New list price per base unit.
    pub list_price: Option<Decimal>,
    /// All units from now on, in place of the present ones; the base unit stays. `NOT_ALLOWED`
    /// without one that the product's price rules of today or later need.
    pub units: Option<Vec<ProductUnitInput>>,
    /// What it is, at most 100 values; those of other attributes stay.
    pub attributes: Option<Vec<AttributeValueInput>>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which product to archive, or to take out of the archive.
#[derive(InputObject, Debug)]
pub struct ProductArchiveInput {
    /// Which product.
    pub id: ProductId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which products to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ProductWhere {
    /// On the id.
    pub id: Option<ProductIdFilter>,
    /// On the SKU.
    pub sku: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// On how the product reaches the customer.
    pub kind: Option<ProductKind>,
    /// On the category it is in directly.
    pub category_id: Option<CategoryIdFilter>,
    /// On its attributes; all of these hold. Each must be filterable.
    pub attributes: Option<Vec<AttributeFilter>>,
    /// On the list price per base unit.
    pub list_price: Option<DecimalFilter>,
    /// On the time of the last change.
    pub updated_at: Option<DateTimeFilter>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<ProductWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<ProductWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<ProductWhere>>,
}

impl Where for ProductWhere {
    type Table = products::table;

    fn own(&self) -> AppResult<Vec<ProductCondition>> {
        let mut conditions: Vec<ProductCondition> = Vec::new();
        where_id!(conditions, products::id, &self.id);
        where_text!(conditions, products::sku, &self.sku);
        where_text!(conditions, products::name, &self.name);
        if let Some(kind) = self.kind {
            let stored = kind.stored().to_vec();
            conditions.push(Box::new(products::kind.eq_any(stored).nullable()));
        }
        where_id!(conditions, products::category_id, &self.category_id);
        for filter in self.attributes.iter().flatten() {
            conditions.extend(filter.conditions()?);
        }
        where_decimal!(conditions, products::list_price, &self.list_price);
        where_time!(conditions, products::updated_at, &self.updated_at);
        where_archived!(conditions, products::archived_at, self.archived);
        Ok(conditions)
    }

    nested_where!();
}
