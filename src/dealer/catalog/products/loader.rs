//! Batched lookups of products and their units.

use std::collections::HashMap;

use super::model::{ProductId, ProductRow, ProductUnitRow};
use super::query;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::kernel::gtin;
use crate::tenancy::TenantTx;

/// A product by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProductById(pub ProductId);

impl LoaderKey for ProductById {
    type Value = ProductRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ProductRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// A product by its SKU.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductBySku(pub String);

impl LoaderKey for ProductBySku {
    type Value = ProductRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ProductRow>> {
        let skus: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_many_by_sku(tx, &skus).await?;
        Ok(by_key(rows, |row| Self(row.sku.clone())))
    }
}

/// A product by a barcode on one of its units.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductByBarcode(pub String);

impl LoaderKey for ProductByBarcode {
    type Value = ProductRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, ProductRow>> {
        let scanned = |key: &Self| gtin::scanned(key.0.trim());
        let rows = query::find_many_by_barcode(tx, keys.iter().map(scanned).collect()).await?;
        let rows: HashMap<String, ProductRow> = rows.into_iter().collect();
        let found = keys
            .iter()
            .filter_map(|key| Some((key.clone(), rows.get(&scanned(key))?.clone())));
        Ok(found.collect())
    }
}

/// The units a product is bought and sold in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnitsByProduct(pub ProductId);

impl LoaderKey for UnitsByProduct {
    type Value = Vec<ProductUnitRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<ProductUnitRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_units(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.product_id)))
    }
}
