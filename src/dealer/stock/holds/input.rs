//! Inputs of holds: commands and filters.

use async_graphql::InputObject;
use diesel::prelude::*;
use rust_decimal::Decimal;

use super::model::{ReservationId, ReservationSource};
use super::query::StockReservationCondition;
use crate::db::tenant_tables::stock_reservations;
use crate::dealer::catalog::products::input::ProductIdFilter;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::AppResult;
use crate::graphql::filter::{Where, nested_where, where_id};
use crate::graphql::idempotency::IdempotencyKey;

/// Goods to put aside.
#[derive(InputObject, Debug)]
pub struct StockHoldInput {
    /// What.
    pub product_id: ProductId,
    /// Where; no warehouse of kind TRANSIT.
    pub warehouse_id: WarehouseId,
    /// How much.
    pub quantity: QuantityInput,
    /// For whom and why; 1 to 200 characters.
    pub reason: String,
    /// By which this is done once, however often it is sent. Needed.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which goods to give free again.
#[derive(InputObject, Debug)]
pub struct StockHoldReleaseInput {
    /// The reservation, one that is a hold.
    pub id: ReservationId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which reservations to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StockReservationWhere {
    /// On the product.
    pub product_id: Option<ProductIdFilter>,
    /// On the warehouse.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On what goods are promised to.
    pub source: Option<ReservationSource>,
    /// Only those of which some is open (true), or only those of which none is (false).
    pub open: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<StockReservationWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<StockReservationWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<StockReservationWhere>>,
}

impl Where for StockReservationWhere {
    type Table = stock_reservations::table;

    fn own(&self) -> AppResult<Vec<StockReservationCondition>> {
        let mut conditions: Vec<StockReservationCondition> = Vec::new();
        where_id!(conditions, stock_reservations::product_id, &self.product_id);
        where_id!(
            conditions,
            stock_reservations::warehouse_id,
            &self.warehouse_id
        );
        if let Some(source) = self.source {
            conditions.push(Box::new(stock_reservations::source.eq(source).nullable()));
        }
        match self.open {
            Some(true) => {
                conditions.push(Box::new(
                    stock_reservations::open.gt(Decimal::ZERO).nullable(),
                ));
            }
            Some(false) => {
                conditions.push(Box::new(
                    stock_reservations::open.eq(Decimal::ZERO).nullable(),
                ));
            }
            None => {}
        }
        Ok(conditions)
    }

    nested_where!();
}
