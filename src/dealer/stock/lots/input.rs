//! Inputs of lots: commands and filters.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;

use super::model::LotId;
use super::query::{self, LotCondition};
use crate::db::tenant_tables::lots;
use crate::dealer::catalog::products::input::ProductIdFilter;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{StringFilter, Where, bounded, nested_where, where_id, where_text};
use crate::graphql::idempotency::IdempotencyKey;

/// How a product is kept.
#[derive(InputObject, Debug)]
pub struct LotTrackingSetInput {
    /// Which product, of which none is on hand.
    pub product_id: ProductId,
    /// Whether it is kept by lots.
    pub is_tracked: bool,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which lots to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct LotWhere {
    /// On what it is a lot of.
    pub product_id: Option<ProductIdFilter>,
    /// On the maker's code.
    pub code: Option<StringFilter>,
    /// Only those that are too old before this day.
    pub expiring_before: Option<NaiveDate>,
    /// Only those of which some lies in one of these warehouses.
    pub warehouse_ids: Option<Vec<WarehouseId>>,
    /// Only those of which some is on hand (true), or only those of which none is (false).
    pub on_hand: Option<bool>,
    /// On their ids: one of these.
    pub ids: Option<Vec<LotId>>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<LotWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<LotWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<LotWhere>>,
}

impl Where for LotWhere {
    type Table = lots::table;

    fn own(&self) -> AppResult<Vec<LotCondition>> {
        let mut conditions: Vec<LotCondition> = Vec::new();
        where_id!(conditions, lots::product_id, &self.product_id);
        where_text!(conditions, lots::code, &self.code);
        if let Some(day) = self.expiring_before {
            conditions.push(Box::new(lots::expires_on.lt(day).nullable()));
        }
        if let Some(places) = &self.warehouse_ids {
            bounded(places.len())?;
            conditions.push(query::lie_in(Some(places.clone())));
        }
        match self.on_hand {
            Some(true) => conditions.push(query::lie_in(None)),
            Some(false) => conditions.push(query::lie_nowhere()),
            None => {}
        }
        if let Some(ids) = &self.ids {
            bounded(ids.len())?;
            conditions.push(Box::new(lots::id.eq_any(ids.clone()).nullable()));
        }
        Ok(conditions)
    }

    nested_where!();
}
