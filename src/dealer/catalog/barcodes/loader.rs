//! Batched lookups of barcodes.

use std::collections::HashMap;

use super::model::BarcodeRow;
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::kernel::gtin;
use crate::tenancy::TenantTx;

/// The barcodes on the units of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BarcodesByProduct(pub ProductId);

impl LoaderKey for BarcodesByProduct {
    type Value = Vec<BarcodeRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<BarcodeRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_products(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.product_id)))
    }
}

/// A barcode as a scanner gives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScannedBarcode(String);

impl ScannedBarcode {
    /// Of what was scanned or typed.
    pub fn of(text: &str) -> Self {
        Self(gtin::scanned(text.trim()))
    }
}

impl LoaderKey for ScannedBarcode {
    type Value = BarcodeRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, BarcodeRow>> {
        let scanned = keys.iter().map(|key| key.0.clone()).collect();
        let rows = query::find_scanned(tx, scanned).await?;
        Ok(by_key(rows, |row| Self(row.scanned.clone())))
    }
}
