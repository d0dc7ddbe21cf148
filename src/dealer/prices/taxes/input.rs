//! Inputs of tax classes and rates: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::TaxClassId;
use super::query::TaxClassCondition;
use super::rates::query::TaxRateCondition;
use crate::db::tenant_tables::{tax_classes, tax_rates};
use crate::error::AppResult;
use crate::graphql::filter::{Nested, StringFilter, Where, where_text};
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::scalars::Decimal;

/// A tax class to add.
#[derive(InputObject, Debug)]
pub struct TaxClassCreateInput {
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct TaxClassUpdateInput {
    /// Which tax class.
    pub id: TaxClassId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name.
    pub name: Option<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A tax rate from a day on. It holds on the days it names, and what held on them before goes on
/// around them: the rate that holds on the first day ends the day before, or is changed if it
/// begins on it, and goes on from the day after `validTo` if it held longer; one that begins
/// later begins on the day after `validTo`. Refused if another one begins on these days and
/// does not hold longer.
#[derive(InputObject, Debug)]
pub struct TaxRateSetInput {
    /// Of which class.
    pub tax_class_id: TaxClassId,
    /// Where, such as HN or CA-ON, at most 20 characters; absent for wherever no rate of its
    /// own holds.
    #[graphql(default)]
    pub region: String,
    /// In percent, from 0 to below 1000, at most 4 decimals.
    pub rate: Decimal,
    /// The first day at the dealer; today if absent.
    pub valid_from: Option<NaiveDate>,
    /// The last day, which is included; absent if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which tax classes to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TaxClassWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
}

impl Where for TaxClassWhere {
    type Table = tax_classes::table;

    fn own(&self) -> AppResult<Vec<TaxClassCondition>> {
        let mut conditions: Vec<TaxClassCondition> = Vec::new();
        where_text!(conditions, tax_classes::code, &self.code);
        where_text!(conditions, tax_classes::name, &self.name);
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested::NONE
    }
}

/// Which tax rates to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TaxRateWhere {
    /// Of this class.
    pub tax_class_id: Option<TaxClassId>,
    /// On the region.
    pub region: Option<StringFilter>,
    /// Those that hold on this day.
    pub valid_on: Option<NaiveDate>,
}

impl Where for TaxRateWhere {
    type Table = tax_rates::table;

    fn own(&self) -> AppResult<Vec<TaxRateCondition>> {
        let mut conditions: Vec<TaxRateCondition> = Vec::new();
        if let Some(class) = self.tax_class_id {
            conditions.push(Box::new(tax_rates::tax_class_id.eq(class).nullable()));
        }
        where_text!(conditions, tax_rates::region, &self.region);
        if let Some(day) = self.valid_on {
            conditions.push(Box::new(tax_rates::valid_from.le(day).nullable()));
            let ends = tax_rates::valid_to.is_null();
            conditions.push(Box::new(ends.nullable().or(tax_rates::valid_to.ge(day))));
        }
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested::NONE
    }
}
