//! Inputs of movements: filters.

use async_graphql::{Enum, InputObject};
use diesel::prelude::*;

use super::model::MovementKind;
use super::query::{StockMovementCondition, of_lot};
use crate::db::tenant_tables::stock_movements;
use crate::dealer::catalog::products::input::ProductIdFilter;
use crate::dealer::stock::lots::model::LotId;
use crate::dealer::stock::warehouses::input::WarehouseIdFilter;
use crate::error::AppResult;
use crate::graphql::filter::{DateTimeFilter, Where, bounded, nested_where, where_id, where_time};

/// Whether goods came or went.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockDirection {
    /// They came.
    In,
    /// They went.
    Out,
}

/// Which movements to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StockMovementWhere {
    /// On the product.
    pub product_id: Option<ProductIdFilter>,
    /// On the warehouse.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On why goods moved: one of these.
    pub kinds: Option<Vec<MovementKind>>,
    /// On whether goods came or went.
    pub direction: Option<StockDirection>,
    /// Only those of which some is of this lot.
    pub lot_id: Option<LotId>,
    /// On the time.
    pub at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<StockMovementWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<StockMovementWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<StockMovementWhere>>,
}

impl Where for StockMovementWhere {
    type Table = stock_movements::table;

    fn own(&self) -> AppResult<Vec<StockMovementCondition>> {
        let mut conditions: Vec<StockMovementCondition> = Vec::new();
        let nothing = rust_decimal::Decimal::ZERO;
        where_id!(conditions, stock_movements::product_id, &self.product_id);
        where_id!(
            conditions,
            stock_movements::warehouse_id,
            &self.warehouse_id
        );
        if let Some(kinds) = &self.kinds {
            bounded(kinds.len())?;
            conditions.push(Box::new(
                stock_movements::kind.eq_any(kinds.clone()).nullable(),
            ));
        }
        match self.direction {
            Some(StockDirection::In) => {
                conditions.push(Box::new(stock_movements::quantity.gt(nothing).nullable()));
            }
            Some(StockDirection::Out) => {
                conditions.push(Box::new(stock_movements::quantity.lt(nothing).nullable()));
            }
            None => {}
        }
        if let Some(lot) = self.lot_id {
            conditions.push(of_lot(lot));
        }
        where_time!(conditions, stock_movements::at, &self.at);
        Ok(conditions)
    }

    nested_where!();
}
