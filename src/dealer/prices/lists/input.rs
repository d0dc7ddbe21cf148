//! Inputs of price lists: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::PriceListId;
use super::query::PriceListCondition;
use crate::db::tenant_tables::price_lists;
use crate::error::AppResult;
use crate::graphql::filter::{Nested, StringFilter, Where, where_archived, where_text};
use crate::graphql::idempotency::IdempotencyKey;

/// A price list to add, in the dealer's currency.
#[derive(InputObject, Debug)]
pub struct PriceListCreateInput {
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it holds for every customer.
    #[graphql(default)]
    pub is_default: bool,
    /// Of several default lists, the one with the highest is asked first; -1000 to 1000.
    #[graphql(default)]
    pub priority: i32,
    /// The first day at the dealer; absent if it always holds.
    pub valid_from: Option<NaiveDate>,
    /// The last day, which is included; absent if no end is known.
    pub valid_to: Option<NaiveDate>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct PriceListUpdateInput {
    /// Which price list.
    pub id: PriceListId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name.
    pub name: Option<String>,
    /// Whether it holds for every customer.
    pub is_default: Option<bool>,
    /// Of several default lists, the one with the highest is asked first; -1000 to 1000.
    pub priority: Option<i32>,
    /// New first day at the dealer; null if it always holds.
    pub valid_from: MaybeUndefined<NaiveDate>,
    /// New last day, which is included; null if no end is known.
    pub valid_to: MaybeUndefined<NaiveDate>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which price list to archive.
#[derive(InputObject, Debug)]
pub struct PriceListArchiveInput {
    /// Which price list.
    pub id: PriceListId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which price lists to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PriceListWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// Only those that hold for every customer (true), or only the others (false).
    pub is_default: Option<bool>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
}

impl Where for PriceListWhere {
    type Table = price_lists::table;

    fn own(&self) -> AppResult<Vec<PriceListCondition>> {
        let mut conditions: Vec<PriceListCondition> = Vec::new();
        where_text!(conditions, price_lists::code, &self.code);
        where_text!(conditions, price_lists::name, &self.name);
        if let Some(is_default) = self.is_default {
            conditions.push(Box::new(price_lists::is_default.eq(is_default).nullable()));
        }
        where_archived!(conditions, price_lists::archived_at, self.archived);
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested::NONE
    }
}
