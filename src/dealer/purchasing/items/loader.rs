//! Batched lookups of what suppliers deliver.

use std::collections::HashMap;

use super::model::SupplierItemRow;
use super::query;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, group_by_key};
use crate::tenancy::TenantTx;

/// What a supplier delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ItemsBySupplier(pub SupplierId);

impl LoaderKey for ItemsBySupplier {
    type Value = Vec<SupplierItemRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<SupplierItemRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_suppliers(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.supplier_id)))
    }
}

/// Who delivers a product, the preferred supplier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ItemsByProduct(pub ProductId);

impl LoaderKey for ItemsByProduct {
    type Value = Vec<SupplierItemRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<SupplierItemRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_by_products(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.product_id)))
    }
}
