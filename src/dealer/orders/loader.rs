//! Batched lookups of orders and their lines.

use std::collections::HashMap;

use super::model::{OrderId, OrderLineId, OrderLineRow, OrderRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// An order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderById(pub OrderId);

impl LoaderKey for OrderById {
    type Value = OrderRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, OrderRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// An order by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderByNumber(pub i64);

impl LoaderKey for OrderByNumber {
    type Value = OrderRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, OrderRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of an order, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByOrder(pub OrderId);

impl LoaderKey for LinesByOrder {
    type Value = Vec<OrderLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<OrderLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.order_id)))
    }
}

/// A line of an order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderLineById(pub OrderLineId);

impl LoaderKey for OrderLineById {
    type Value = OrderLineRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, OrderLineRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines_by_id(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}
