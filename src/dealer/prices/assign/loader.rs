//! Batched lookups of what decides a price and stands elsewhere.

use std::collections::HashMap;

use super::query::{self, PricingRow};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::PriceListRow;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key};
use crate::tenancy::TenantTx;

/// Cost and tax class of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PricingOf(pub ProductId);

impl LoaderKey for PricingOf {
    type Value = PricingRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, PricingRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::pricing(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// The price list of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceListOfCustomer(pub CustomerId);

impl LoaderKey for PriceListOfCustomer {
    type Value = PriceListRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PriceListRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::of_customers(tx, &ids).await?;
        Ok(rows.into_iter().map(|(id, row)| (Self(id), row)).collect())
    }
}

/// The price list of a job, if it has one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceListOfJob(pub JobId);

impl LoaderKey for PriceListOfJob {
    type Value = PriceListRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, PriceListRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::of_jobs(tx, &ids).await?;
        Ok(rows.into_iter().map(|(id, row)| (Self(id), row)).collect())
    }
}
