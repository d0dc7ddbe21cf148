//! Batched prices.

use std::collections::HashMap;

use super::model::{Answer, PriceAsked};
use super::service;
use crate::error::AppResult;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

impl LoaderKey for PriceAsked {
    type Value = Answer;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, Answer>> {
        Ok(service::prices(tx, keys).await?)
    }
}
