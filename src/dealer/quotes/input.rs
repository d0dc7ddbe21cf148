//! Inputs of quotes: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{QuoteId, QuoteState};
use super::query::{QuoteCondition, stands};
use crate::db::tenant_tables::quotes;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::input::CustomerIdFilter;
use crate::dealer::customers::jobs::input::JobIdFilter;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::input::OrderAddressInput;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::graphql::filter::{
    DateFilter, DateTimeFilter, Where, bounded, nested_where, where_date, where_id, where_time,
};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// Goods to quote to a customer, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct QuoteCreateInput {
    /// For whom.
    pub customer_id: CustomerId,
    /// For which of its jobs, if for one: the job's prices come first.
    pub job_id: Option<JobId>,
    /// The last day at the dealer on which it can be accepted; not one that is over.
    pub valid_until: NaiveDate,
    /// What; 1 to 200 lines. A product may stand in several.
    pub lines: Vec<QuoteLineInput>,
    /// Where the goods shall come from, if that is known.
    pub warehouse_id: Option<WarehouseId>,
    /// The customer's own number of it, such as that of its inquiry; at most 100 characters.
    pub reference: Option<String>,
    /// In your own words, to be read by the customer; at most 500 characters.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// One line of a quote.
#[derive(InputObject, Clone, Debug)]
pub struct QuoteLineInput {
    /// Which product.
    pub product_id: ProductId,
    /// How much.
    pub quantity: QuantityInput,
    /// What one of the price's unit costs, in place of what is found, with at most 4 decimals
    /// and without tax. Takes price:override.
    pub unit_price: Option<Decimal>,
    /// The unit that unitPrice is for; that of the quantity if absent.
    pub price_unit_id: Option<UnitId>,
    /// Why that price or discount; at most 200 characters. Needed with either.
    pub price_reason: Option<String>,
    /// What is taken off the line, in percent. Takes price:override unless it is zero.
    pub discount: Option<Decimal>,
    /// In your own words, to be read by the customer; at most 200 characters.
    pub note: Option<String>,
}

/// What to change of a draft; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct QuoteUpdateInput {
    /// Which quote.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Another job of the customer's, or none. Takes lines, too, since their prices hang on it.
    pub job_id: MaybeUndefined<JobId>,
    /// Another last day.
    pub valid_until: Option<NaiveDate>,
    /// Other lines in place of all there are, priced as of now; 1 to 200.
    pub lines: Option<Vec<QuoteLineInput>>,
    /// Where the goods shall come from.
    pub warehouse_id: MaybeUndefined<WarehouseId>,
    /// The customer's own number of it, at most 100 characters.
    pub reference: MaybeUndefined<String>,
    /// In your own words; at most 500 characters.
    pub note: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quote to move on.
#[derive(InputObject, Debug)]
pub struct QuoteStepInput {
    /// Which quote.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quote was accepted.
#[derive(InputObject, Debug)]
pub struct QuoteAcceptInput {
    /// Which quote.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// What the customer said, such as who has accepted it; at most 500 characters.
    pub reason: Option<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quote was rejected, and why.
#[derive(InputObject, Debug)]
pub struct QuoteRejectInput {
    /// Which quote.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Why; 1 to 500 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quote to write anew.
#[derive(InputObject, Debug)]
pub struct QuoteReviseInput {
    /// Which quote: the latest revision of its number.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The last day of the new revision; that of the earlier one if absent.
    pub valid_until: Option<NaiveDate>,
    /// Whether its lines get the prices and taxes of today. A price that somebody has set
    /// stays. Otherwise all stays as it was quoted.
    #[graphql(default)]
    pub renew_prices: bool,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quote to make an order of.
#[derive(InputObject, Debug)]
pub struct QuoteToOrderInput {
    /// Which quote: an accepted one.
    pub id: QuoteId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// Where its goods come from; as the quote says if absent.
    pub warehouse_id: Option<WarehouseId>,
    /// The day at the dealer on which the customer wants the goods.
    pub wanted_on: Option<NaiveDate>,
    /// Whether the customer fetches them.
    #[graphql(default)]
    pub is_pickup: bool,
    /// Where the goods go; to the site of the job if absent.
    pub address: Option<OrderAddressInput>,
    /// What drivers should know; as the job says if absent. At most 500 characters.
    pub instructions: Option<String>,
    /// In your own words, at most 500 characters; those of the quote if absent.
    pub note: Option<String>,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which quotes to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct QuoteWhere {
    /// On the customer.
    pub customer_id: Option<CustomerIdFilter>,
    /// On the job.
    pub job_id: Option<JobIdFilter>,
    /// On where it stands: one of these.
    pub states: Option<Vec<QuoteState>>,
    /// On its number.
    pub number: Option<i64>,
    /// On its last day.
    pub valid_until: Option<DateFilter>,
    /// On when it was made.
    pub created_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<QuoteWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<QuoteWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<QuoteWhere>>,
    /// The day it is at the dealer, by which quotes have expired or not.
    #[graphql(skip)]
    pub today: Option<NaiveDate>,
}

impl QuoteWhere {
    /// The same, on this day.
    #[must_use]
    pub fn on(mut self, today: NaiveDate) -> Self {
        let all = |inner: Vec<Self>| inner.into_iter().map(|one| one.on(today)).collect();
        self.and = self.and.map(all);
        self.or = self.or.map(all);
        self.not = self.not.map(|inner| Box::new(inner.on(today)));
        self.today = Some(today);
        self
    }
}

impl Where for QuoteWhere {
    type Table = quotes::table;

    fn own(&self) -> AppResult<Vec<QuoteCondition>> {
        let mut conditions: Vec<QuoteCondition> = Vec::new();
        where_id!(conditions, quotes::customer_id, &self.customer_id);
        where_id!(conditions, quotes::job_id, &self.job_id);
        if let Some(states) = &self.states {
            bounded(states.len())?;
            let today = self.today.ok_or_else(|| AppError::internal("no day"))?;
            conditions.push(stands(states, today));
        }
        if let Some(number) = self.number {
            conditions.push(Box::new(quotes::number.eq(number).nullable()));
        }
        where_date!(conditions, quotes::valid_until, &self.valid_until);
        where_time!(conditions, quotes::created_at, &self.created_at);
        Ok(conditions)
    }

    nested_where!();
}
