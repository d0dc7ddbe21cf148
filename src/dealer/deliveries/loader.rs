//! Batched lookups of deliveries and their lines.

use std::collections::HashMap;

use super::model::{DeliveryId, DeliveryLineRow, DeliveryRow, DeliveryRunId};
use super::query;
use crate::dealer::orders::model::OrderId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A delivery by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryById(pub DeliveryId);

impl LoaderKey for DeliveryById {
    type Value = DeliveryRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, DeliveryRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A delivery by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryByNumber(pub i64);

impl LoaderKey for DeliveryByNumber {
    type Value = DeliveryRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, DeliveryRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a delivery, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByDelivery(pub DeliveryId);

impl LoaderKey for LinesByDelivery {
    type Value = Vec<DeliveryLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<DeliveryLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.delivery_id)))
    }
}

/// The deliveries of an order, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveriesByOrder(pub OrderId);

impl LoaderKey for DeliveriesByOrder {
    type Value = Vec<DeliveryRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<DeliveryRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_of_orders(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.order_id)))
    }
}

/// The deliveries of a run, in the order of its stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeliveriesByRun(pub DeliveryRunId);

impl LoaderKey for DeliveriesByRun {
    type Value = Vec<DeliveryRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<DeliveryRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_of_runs(tx, &ids).await?;
        let known = rows.into_iter().filter_map(|row| Some((row.run_id?, row)));
        let mut found: HashMap<Self, Vec<DeliveryRow>> = HashMap::new();
        for (run, row) in known {
            found.entry(Self(run)).or_default().push(row);
        }
        Ok(found)
    }
}
