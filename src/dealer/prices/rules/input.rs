//! Inputs of price rules: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::{PriceMethod, PriceRuleId};
use super::query::PriceRuleCondition;
use crate::db::tenant_tables::price_rules;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::PriceListId;
use crate::error::AppResult;
use crate::graphql::filter::{Nested, Where};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// What something costs from a day on. Name at most one of priceListId, customerId and jobId;
/// a rule without is everybody's, and prices a category. It holds on the days it names, and
/// what held on them before goes on around them: the rule with the same holder, target and
/// minimum that holds on the first day ends the day before, or is changed if it begins on it,
/// and goes on as a rule of its own from the day after `validTo` if it held longer; one that
/// begins later begins on the day after `validTo`. Refused if another one begins on these days
/// and does not hold longer.
#[derive(InputObject, Debug)]
pub struct PriceRuleUpsertInput {
    /// For those who have this price list.
    pub price_list_id: Option<PriceListId>,
    /// For this customer, all his jobs included.
    pub customer_id: Option<CustomerId>,
    /// For this job.
    pub job_id: Option<JobId>,
    /// Of this product; else categoryId is needed.
    pub product_id: Option<ProductId>,
    /// Of all products in this category and below it.
    pub category_id: Option<CategoryId>,
    /// How the price is made.
    pub method: PriceMethod,
    /// FIXED: the price for one of the unit, at most 4 decimals. Else the percentage.
    pub value: Decimal,
    /// What a FIXED price is for one of; the product's base unit if absent. Needed for a FIXED
    /// price of a category.
    pub unit_id: Option<UnitId>,
    /// From how many on; 0 for any quantity. At most 6 decimals. Minimums of a product in
    /// different units that are as much in its base unit are the same minimum.
    pub min_quantity: Option<Decimal>,
    /// The unit of minQuantity; the product's base unit if absent. Needed for a minimum in a
    /// category.
    pub min_unit_id: Option<UnitId>,
    /// The first day at the dealer; today if absent.
    pub valid_from: Option<NaiveDate>,
    /// The last day, which is included; absent if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// The version of the rule that is ended or changed by this; another one is refused with
    /// CONFLICT. Absent: whatever is there.
    pub expected_version: Option<i32>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which rule to end.
#[derive(InputObject, Debug)]
pub struct PriceRuleEndInput {
    /// Which rule.
    pub id: PriceRuleId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// The last day on which it holds; today if absent. A rule that begins later is removed.
    pub last_day: Option<NaiveDate>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which price rules to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PriceRuleWhere {
    /// Of this price list.
    pub price_list_id: Option<PriceListId>,
    /// Of this customer, those of his jobs among them.
    pub customer_id: Option<CustomerId>,
    /// Of this job.
    pub job_id: Option<JobId>,
    /// Of this product itself.
    pub product_id: Option<ProductId>,
    /// Of this category itself.
    pub category_id: Option<CategoryId>,
    /// Made in this way.
    pub method: Option<PriceMethod>,
    /// Those that hold on this day.
    pub valid_on: Option<NaiveDate>,
}

impl Where for PriceRuleWhere {
    type Table = price_rules::table;

    fn own(&self) -> AppResult<Vec<PriceRuleCondition>> {
        let mut conditions: Vec<PriceRuleCondition> = Vec::new();
        if let Some(list) = self.price_list_id {
            conditions.push(Box::new(price_rules::price_list_id.eq(list)));
        }
        if let Some(customer) = self.customer_id {
            conditions.push(Box::new(price_rules::customer_id.eq(customer)));
        }
        if let Some(job) = self.job_id {
            conditions.push(Box::new(price_rules::job_id.eq(job)));
        }
        if let Some(product) = self.product_id {
            conditions.push(Box::new(price_rules::product_id.eq(product)));
        }
        if let Some(category) = self.category_id {
            conditions.push(Box::new(price_rules::category_id.eq(category)));
        }
        if let Some(method) = self.method {
            conditions.push(Box::new(price_rules::method.eq(method).nullable()));
        }
        if let Some(day) = self.valid_on {
            conditions.push(Box::new(price_rules::valid_from.le(day).nullable()));
            let ends = price_rules::valid_to.is_null();
            conditions.push(Box::new(ends.nullable().or(price_rules::valid_to.ge(day))));
        }
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested::NONE
    }
}
