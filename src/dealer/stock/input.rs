//! Inputs of stock levels: filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::query::StockLevelCondition;
use super::warehouses::input::WarehouseIdFilter;
use crate::db::tenant_tables::stock_levels;
use crate::dealer::catalog::products::input::ProductIdFilter;
use crate::error::AppResult;
use crate::graphql::filter::{
    DateTimeFilter, DecimalFilter, Where, nested_where, where_decimal, where_id, where_time,
};

/// Which stock levels to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StockLevelWhere {
    /// On the product.
    pub product_id: Option<ProductIdFilter>,
    /// On the warehouse.
    pub warehouse_id: Option<WarehouseIdFilter>,
    /// On the quantity on hand, in base units.
    pub on_hand: Option<DecimalFilter>,
    /// On the time of the last change.
    pub updated_at: Option<DateTimeFilter>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<StockLevelWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<StockLevelWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<StockLevelWhere>>,
}

impl Where for StockLevelWhere {
    type Table = stock_levels::table;

    fn own(&self) -> AppResult<Vec<StockLevelCondition>> {
        let mut conditions: Vec<StockLevelCondition> = Vec::new();
        where_id!(conditions, stock_levels::product_id, &self.product_id);
        where_id!(conditions, stock_levels::warehouse_id, &self.warehouse_id);
        where_decimal!(conditions, stock_levels::on_hand, &self.on_hand);
        where_time!(conditions, stock_levels::updated_at, &self.updated_at);
        Ok(conditions)
    }

    nested_where!();
}
