//! Inputs of orders: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{OrderApproval, OrderId, OrderLineId, OrderProgress, OrderSourcing, OrderState};
use super::query::OrderCondition;
use crate::db::tenant_tables::orders;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, StringFilter, Where, bounded, id_filter, nested_where, where_id, where_text,
    where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

id_filter!(OrderIdFilter, OrderId, "an order");

/// Adds the condition that a column has one of these values.
macro_rules! where_one_of {
    ($conditions:expr, $column:expr, $values:expr) => {
        if let Some(values) = $values {
            bounded(values.len())?;
            $conditions.push(Box::new($column.eq_any(values.clone()).nullable()));
        }
    };
}

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

/// Goods to sell to a customer, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct OrderCreateInput {
    /// Who orders.
    pub customer_id: CustomerId,
    /// For which of its jobs.
    pub job_id: Option<JobId>,
    /// Where goods come from whose line does not say.
    pub warehouse_id: WarehouseId,
    /// What; 1 to 200 lines. A product may stand in several.
    pub lines: Vec<OrderLineInput>,
    /// The day on which the customer wants the goods; not one that is over.
    pub wanted_on: Option<NaiveDate>,
    /// Whether the customer fetches them.
    #[graphql(default)]
    pub is_pickup: bool,
    /// Where the goods go; to the job if absent.
    pub address: Option<OrderAddressInput>,
    /// What drivers should know; what the job says of its site if absent. At most 500 characters.
    pub instructions: Option<String>,
    /// The customer's own number of it; that of the job if absent. At most 100 characters.
    pub reference: Option<String>,
    /// In your own words; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change of a draft; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct OrderUpdateInput {
    /// Which order.
    pub id: OrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Another place for the goods whose line does not say.
    pub warehouse_id: Option<WarehouseId>,
    /// Other lines in place of all there are, at the prices of today; 1 to 200.
    pub lines: Option<Vec<OrderLineInput>>,
    /// The day on which the customer wants the goods.
    pub wanted_on: MaybeUndefined<NaiveDate>,
    /// Whether the customer fetches them.
    pub is_pickup: Option<bool>,
    /// Where the goods go, in place of all of the address; a part that is absent is empty then.
    pub address: Option<OrderAddressInput>,
    /// What drivers should know; at most 500 characters.
    pub instructions: MaybeUndefined<String>,
    /// The customer's own number of it; at most 100 characters.
    pub reference: MaybeUndefined<String>,
    /// In your own words; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which order to move on.
#[derive(InputObject, Debug)]
pub struct OrderStepInput {
    /// Which order.
    pub id: OrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent. Needed by orderConfirm.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change of an order that is confirmed.
#[derive(InputObject, Debug)]
pub struct OrderAmendInput {
    /// Which order.
    pub id: OrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Lines of which more or less is wanted, at the prices they have.
    #[graphql(default)]
    pub quantities: Vec<OrderLineQuantityInput>,
    /// Lines of which nothing is wanted; none of it may be planned, delivered or invoiced.
    #[graphql(default)]
    pub drop_line_ids: Vec<OrderLineId>,
    /// Lines that come to it, at the prices of today. At most 200 lines in all.
    #[graphql(default)]
    pub lines: Vec<OrderLineInput>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// How much is wanted of a line.
#[derive(InputObject, Debug)]
pub struct OrderLineQuantityInput {
    /// Which line.
    pub line_id: OrderLineId,
    /// How much of it in all, whatever was delivered; not less than is planned, delivered or
    /// invoiced.
    pub quantity: QuantityInput,
}

/// What is not wanted any more of a line.
#[derive(InputObject, Debug)]
pub struct OrderLineCancelInput {
    /// Which line.
    pub line_id: OrderLineId,
    /// The version of the order that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// How much of it; all that can be given up if absent.
    pub quantity: Option<QuantityInput>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Why nothing of an order shall be delivered.
#[derive(InputObject, Debug)]
pub struct OrderHoldInput {
    /// Which order.
    pub id: OrderId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why; 1 to 200 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Lines of orders whose goods are bought for them.
#[derive(InputObject, Debug)]
pub struct SpecialOrderToPurchaseOrderInput {
    /// Which lines, 1 to 200: of orders that are CONFIRMED, by SPECIAL sourcing, on no purchase
    /// order yet.
    pub line_ids: Vec<OrderLineId>,
    /// Of whom; of each product's preferred supplier if absent.
    pub supplier_id: Option<SupplierId>,
    /// In your own words, on each of the purchase orders; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which orders to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct OrderWhere {
    /// On the customer.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// On where goods come from whose line does not say.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<OrderState>>,
    /// On how much of it is with the customer: one of these.
    pub fulfilments: Option<Vec<OrderProgress>>,
    /// On how much of it is invoiced: one of these.
    pub billings: Option<Vec<OrderProgress>>,
    /// On what the customer's own people say of it: one of these.
    pub approvals: Option<Vec<OrderApproval>>,
    /// Only those on hold (true), or only those that are not (false).
    pub on_hold: Option<bool>,
    /// Only those that are wanted on this day or before.
    pub wanted_until: Option<NaiveDate>,
    /// On the customer's own number of it.
    pub reference: Option<StringFilter>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<OrderWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<OrderWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<OrderWhere>>,
}

impl Where for OrderWhere {
    type Table = orders::table;

    fn own(&self) -> AppResult<Vec<OrderCondition>> {
        let mut conditions: Vec<OrderCondition> = Vec::new();
        where_id!(conditions, orders::customer_id, &self.customer_id);
        where_id!(conditions, orders::job_id, &self.job_id);
        where_id!(conditions, orders::warehouse_id, &self.warehouse_id);
        where_one_of!(conditions, orders::state, &self.states);
        where_one_of!(conditions, orders::fulfilment, &self.fulfilments);
        where_one_of!(conditions, orders::billing, &self.billings);
        where_one_of!(conditions, orders::approval, &self.approvals);
        match self.on_hold {
            Some(true) => conditions.push(Box::new(orders::held_at.is_not_null().nullable())),
            Some(false) => conditions.push(Box::new(orders::held_at.is_null().nullable())),
            None => {}
        }
        if let Some(day) = self.wanted_until {
            conditions.push(Box::new(orders::wanted_on.le(day).nullable()));
        }
        where_text!(conditions, orders::reference, &self.reference);
        where_time!(conditions, orders::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
