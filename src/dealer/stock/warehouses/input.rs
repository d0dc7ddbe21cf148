//! Inputs of warehouses: commands and filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::model::{WarehouseId, WarehouseKind};
use super::query::WarehouseCondition;
use crate::db::tenant_tables::warehouses;
use crate::error::AppResult;
use crate::graphql::filter::{
    StringFilter, Where, id_filter, nested_where, where_archived, where_text,
};
use crate::graphql::idempotency::IdempotencyKey;

id_filter!(WarehouseIdFilter, WarehouseId, "a warehouse");

/// A warehouse to add.
#[derive(InputObject, Debug)]
pub struct WarehouseCreateInput {
    /// Unique short code: letters, digits and - _ . /
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What kind of place it is.
    pub kind: WarehouseKind,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct WarehouseUpdateInput {
    /// Which warehouse.
    pub id: WarehouseId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New code.
    pub code: Option<String>,
    /// New name.
    pub name: Option<String>,
    /// New kind; TRANSIT becomes another one, and another one TRANSIT, only while nothing lies
    /// there and nothing is open, as for warehouseArchive.
    pub kind: Option<WarehouseKind>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which warehouse to archive.
#[derive(InputObject, Debug)]
pub struct WarehouseArchiveInput {
    /// Which warehouse.
    pub id: WarehouseId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which warehouses to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct WarehouseWhere {
    /// On the code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// On the kind of place.
    pub kind: Option<WarehouseKind>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<WarehouseWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<WarehouseWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<WarehouseWhere>>,
}

impl Where for WarehouseWhere {
    type Table = warehouses::table;

    fn own(&self) -> AppResult<Vec<WarehouseCondition>> {
        let mut conditions: Vec<WarehouseCondition> = Vec::new();
        where_text!(conditions, warehouses::code, &self.code);
        where_text!(conditions, warehouses::name, &self.name);
        if let Some(kind) = self.kind {
            conditions.push(Box::new(warehouses::kind.eq(kind).nullable()));
        }
        where_archived!(conditions, warehouses::archived_at, self.archived);
        Ok(conditions)
    }

    nested_where!();
}
