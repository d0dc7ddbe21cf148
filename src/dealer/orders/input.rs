//! Inputs of orders: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{OrderId, OrderLineId, OrderProgress, OrderSourcing, OrderState};
use super::query::OrderCondition;
use crate::db::tenant_tables::orders;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, Where, bounded, id_filter, nested_where, where_id, where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

id_filter!(OrderIdFilter, OrderId, "an order");

/// Something to sell.
#[derive(InputObject, Clone, Debug)]
pub struct SaleLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much.
    pub quantity: QuantityInput,
    /// What one of the unit costs without tax, with at most 4 decimals, in place of the price
    /// that is found. Takes price:override and a priceReason.
    pub unit_price: Option<Decimal>,
    /// The unit that unitPrice is for; that of the quantity if absent.
    pub price_unit_id: Option<UnitId>,
    /// What is taken off the line, in percent with at most 4 decimals. Takes price:override and
    /// a priceReason.
    pub discount: Option<Decimal>,
    /// Why the price or the discount is what it is; at most 200 characters.
    pub price_reason: Option<String>,
    /// Where the goods come from; as is usual for the product if absent.
    pub sourcing: Option<OrderSourcing>,
    /// The warehouse they come from or through; that of the whole if absent.
    pub warehouse_id: Option<WarehouseId>,
    /// In your own words; at most 200 characters.
    pub note: Option<String>,
}

impl SaleLineInput {
    /// In percent.
    pub fn discount(&self) -> rust_decimal::Decimal {
        self.discount.map_or(rust_decimal::Decimal::ZERO, |d| d.0)
    }

    /// Whether somebody sets what the line costs.
    pub fn is_overridden(&self) -> bool {
        self.unit_price.is_some() || !self.discount().is_zero()
    }
}

/// One line of an order.
#[derive(InputObject, Clone, Debug)]
pub struct OrderLineInput {
    /// What is ordered.
    #[graphql(flatten)]
    pub sale: SaleLineInput,
    /// Whether the warehouse is left to the program: of those that have all of it, the one with
    /// the most; looked for again when the order is confirmed. Needs an absent warehouseId, and
    /// goods that come from stock.
    #[graphql(default)]
    pub choose_warehouse: bool,
}

/// Where the goods of an order go. Absent fields are taken from the job.
#[derive(InputObject, Clone, Debug, Default)]
pub struct OrderAddressInput {
    /// Street and number; at most 200 characters.
    pub address_line: Option<String>,
    /// Town; at most 100 characters.
    pub city: Option<String>,
    /// Postal code; at most 20 characters.
    pub postcode: Option<String>,
}
