//! Inputs of units: commands and filters.

use async_graphql::{InputObject, MaybeUndefined};
use diesel::prelude::*;

use super::model::{UnitDimension, UnitId};
use super::query::UnitCondition;
use crate::db::tenant_tables::units;
use crate::error::AppResult;
use crate::graphql::filter::{StringFilter, Where, nested_where, where_text};
use crate::graphql::idempotency::IdempotencyKey;

/// A unit to add.
#[derive(InputObject, Debug)]
pub struct UnitCreateInput {
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it measures.
    pub dimension: UnitDimension,
    /// Decimals a quantity may have, 0 to 6.
    pub scale: i32,
    /// Code of UN/ECE Recommendation 20, if it has one.
    pub rec20_code: Option<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value. Code, dimension and scale
/// stay: quantities in documents are read by them.
#[derive(InputObject, Debug)]
pub struct UnitUpdateInput {
    /// Which unit.
    pub id: UnitId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name.
    pub name: Option<String>,
    /// New code of UN/ECE Recommendation 20; null clears it.
    pub rec20_code: MaybeUndefined<String>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which units to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct UnitWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// On what the unit measures.
    pub dimension: Option<UnitDimension>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<UnitWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<UnitWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<UnitWhere>>,
}

impl Where for UnitWhere {
    type Table = units::table;

    fn own(&self) -> AppResult<Vec<UnitCondition>> {
        let mut conditions: Vec<UnitCondition> = Vec::new();
        where_text!(conditions, units::code, &self.code);
        where_text!(conditions, units::name, &self.name);
        if let Some(dimension) = self.dimension {
            conditions.push(Box::new(units::dimension.eq(dimension).nullable()));
        }
        Ok(conditions)
    }

    nested_where!();
}
