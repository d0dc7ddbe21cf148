//! Inputs: which price list, which tax class, what cost.

use async_graphql::{InputObject, MaybeUndefined};

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::PriceListId;
use crate::dealer::prices::taxes::model::TaxClassId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// The price list that a customer is to have.
#[derive(InputObject, Debug)]
pub struct CustomerPriceListSetInput {
    /// Which customer.
    pub id: CustomerId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The price list; absent or null for none.
    pub price_list_id: Option<PriceListId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The price list that a job is to have.
#[derive(InputObject, Debug)]
pub struct JobPriceListSetInput {
    /// Which job.
    pub id: JobId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The price list; absent or null for none of its own.
    pub price_list_id: Option<PriceListId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What a product costs the dealer and how it is taxed; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct ProductPricingSetInput {
    /// Which product.
    pub id: ProductId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New tax class; null for none.
    pub tax_class_id: MaybeUndefined<TaxClassId>,
    /// New cost of one of the base unit in the dealer's currency, at most 4 decimals; null if
    /// it is not known.
    pub standard_cost: MaybeUndefined<Decimal>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
