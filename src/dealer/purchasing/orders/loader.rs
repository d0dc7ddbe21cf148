//! Batched lookups of purchase orders and their lines.

use std::collections::HashMap;

use super::model::{PurchaseOrderId, PurchaseOrderLineId, PurchaseOrderLineRow, PurchaseOrderRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A purchase order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PurchaseOrderById(pub PurchaseOrderId);

impl LoaderKey for PurchaseOrderById {
    type Value = PurchaseOrderRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PurchaseOrderRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A purchase order by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PurchaseOrderByNumber(pub i64);

impl LoaderKey for PurchaseOrderByNumber {
    type Value = PurchaseOrderRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PurchaseOrderRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a purchase order, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByPurchaseOrder(pub PurchaseOrderId);

impl LoaderKey for LinesByPurchaseOrder {
    type Value = Vec<PurchaseOrderLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<PurchaseOrderLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.order_id)))
    }
}

/// A line of a purchase order by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PurchaseOrderLineById(pub PurchaseOrderLineId);

impl LoaderKey for PurchaseOrderLineById {
    type Value = PurchaseOrderLineRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PurchaseOrderLineRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines_by_id(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}
