//! Batched lookups of goods receipts, their lines and costs.

use std::collections::HashMap;

use super::model::{GoodsReceiptId, GoodsReceiptLineRow, GoodsReceiptRow, LandedCostRow};
use super::query;
use crate::dealer::purchasing::orders::model::PurchaseOrderId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A goods receipt by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GoodsReceiptById(pub GoodsReceiptId);

impl LoaderKey for GoodsReceiptById {
    type Value = GoodsReceiptRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, GoodsReceiptRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A goods receipt by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GoodsReceiptByNumber(pub i64);

impl LoaderKey for GoodsReceiptByNumber {
    type Value = GoodsReceiptRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, GoodsReceiptRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| Self(row.number)))
    }
}

/// What has come of a purchase order, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptsByPurchaseOrder(pub PurchaseOrderId);

impl LoaderKey for ReceiptsByPurchaseOrder {
    type Value = Vec<GoodsReceiptRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<GoodsReceiptRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_orders(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.order_id)))
    }
}

/// The lines of a goods receipt, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByReceipt(pub GoodsReceiptId);

impl LoaderKey for LinesByReceipt {
    type Value = Vec<GoodsReceiptLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<GoodsReceiptLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.receipt_id)))
    }
}

/// What it has cost to bring the goods of a receipt in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CostsByReceipt(pub GoodsReceiptId);

impl LoaderKey for CostsByReceipt {
    type Value = Vec<LandedCostRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<LandedCostRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_costs(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.receipt_id)))
    }
}
