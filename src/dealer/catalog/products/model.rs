//! Rows and enums of products.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use crate::db::tenant_tables::{product_units, products};
use crate::db::text_enum::text_enum;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::units::model::UnitId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A product.
    ProductId, "prd"
);

text_enum! {
    /// How a product reaches the customer.
    pub enum ProductKind {
        /// Kept in the dealer's own yards and stores.
        Stock = "STOCK",
        /// Work, such as a crane delivery; never in stock.
        Service = "SERVICE",
        /// Bought for one customer's order, and in stock only until he has it: nothing is
        /// bought in advance.
        SpecialOrder = "SPECIAL_ORDER",
        /// Goes from the supplier straight to the site; never in stock.
        Direct = "DIRECT_DELIVERY" | "DIRECT",
        /// A deposit on something returnable, such as a pallet.
        Deposit = "DEPOSIT",
    }
}

impl ProductKind {
    /// Whether it lies in yards and stores.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Stock | Self::SpecialOrder | Self::Deposit)
    }

    /// Whether it is bought before somebody has ordered it.
    pub const fn is_bought_ahead(self) -> bool {
        matches!(self, Self::Stock | Self::Deposit)
    }

    /// How it is stored: by this program, and by the one before it.
    pub const fn stored(self) -> &'static [&'static str] {
        match self {
            Self::Stock => &["STOCK"],
            Self::Service => &["SERVICE"],
            Self::SpecialOrder => &["SPECIAL_ORDER"],
            Self::Direct => &["DIRECT_DELIVERY", "DIRECT"],
            Self::Deposit => &["DEPOSIT"],
        }
    }
}

/// A product as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = products, check_for_backend(diesel::pg::Pg))]
pub struct ProductRow {
    /// Its id.
    pub id: ProductId,
    /// Unique stock-keeping code.
    pub sku: String,
    /// Name for people.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// How it reaches the customer.
    pub kind: ProductKind,
    /// Where it stands in the category tree.
    pub category_id: Option<CategoryId>,
    /// The unit it is kept and priced in.
    pub base_unit_id: UnitId,
    /// Per base unit, in the dealer's currency.
    pub list_price: Decimal,
    /// When it was archived, if it was.
    pub archived_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an update sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = products)]
pub struct ProductChanges {
    /// New SKU.
    pub sku: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New description, or none.
    pub description: Option<Option<String>>,
    /// New kind.
    pub kind: Option<ProductKind>,
    /// New category, or none.
    pub category_id: Option<Option<CategoryId>>,
    /// New list price.
    pub list_price: Option<Decimal>,
    /// New state of the archive mark.
    pub archived_at: Option<Option<DateTime<Utc>>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}

impl ProductChanges {
    /// No change but the time of it.
    pub const fn none(updated_at: DateTime<Utc>) -> Self {
        Self {
            sku: None,
            name: None,
            description: None,
            kind: None,
            category_id: None,
            list_price: None,
            archived_at: None,
            updated_at,
        }
    }
}

/// A unit a product is bought or sold in, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = product_units, check_for_backend(diesel::pg::Pg))]
pub struct ProductUnitRow {
    /// Whose unit.
    pub product_id: ProductId,
    /// Which unit.
    pub unit_id: UnitId,
    /// Base units per one of the unit, numerator.
    pub num: i64,
    /// Base units per one of the unit, denominator.
    pub den: i64,
}
